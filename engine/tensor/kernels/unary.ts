/** Functions of each element of one operand, activations among them. */
import { storeLanes } from "./lanes";
import {
  elu4,
  erf4,
  exp4,
  expm14,
  gelu4,
  leakyRelu4,
  log1p4,
  log4,
  sigmoid4,
  softplus4,
  tanh4,
} from "./math";

/** Elements of one unit of work. */
const BLOCK = 8192;

class Negate {
  @inline
  of(x: v128): v128 {
    return f32x4.neg(x);
  }
}
class Absolute {
  @inline
  of(x: v128): v128 {
    return f32x4.abs(x);
  }
}
class Square {
  @inline
  of(x: v128): v128 {
    return f32x4.mul(x, x);
  }
}
class Root {
  @inline
  of(x: v128): v128 {
    return f32x4.sqrt(x);
  }
}
class InverseRoot {
  @inline
  of(x: v128): v128 {
    return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  }
}
class Reciprocal {
  @inline
  of(x: v128): v128 {
    return f32x4.div(f32x4.splat(1), x);
  }
}
class Floor {
  @inline
  of(x: v128): v128 {
    return f32x4.floor(x);
  }
}
class Ceiling {
  @inline
  of(x: v128): v128 {
    return f32x4.ceil(x);
  }
}
class Round {
  @inline
  of(x: v128): v128 {
    return f32x4.nearest(x);
  }
}
class Exp {
  @inline
  of(x: v128): v128 {
    return exp4(x);
  }
}
class Expm1 {
  @inline
  of(x: v128): v128 {
    return expm14(x);
  }
}
class Log {
  @inline
  of(x: v128): v128 {
    return log4(x);
  }
}
class Erf {
  @inline
  of(x: v128): v128 {
    return erf4(x);
  }
}
class Sigmoid {
  @inline
  of(x: v128): v128 {
    return sigmoid4(x);
  }
}
class Tanh {
  @inline
  of(x: v128): v128 {
    return tanh4(x);
  }
}
class Log1p {
  @inline
  of(x: v128): v128 {
    return log1p4(x);
  }
}
class Softplus {
  @inline
  of(x: v128): v128 {
    return softplus4(x);
  }
}
class Relu {
  @inline
  of(x: v128): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }
}
class Relu6 {
  @inline
  of(x: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(6));
  }
}
class Elu {
  @inline
  of(x: v128): v128 {
    return elu4(x);
  }
}
class Gelu {
  @inline
  of(x: v128): v128 {
    return gelu4(x);
  }
}
class LeakyRelu {
  @inline
  of(x: v128): v128 {
    return leakyRelu4(x);
  }
}

function map<F>(x: usize, y: usize, n: i32, begin: i32, end: i32): void {
  const f = changetype<F>(0);
  const first = begin * BLOCK;
  const count = min(end * BLOCK, n) - first;
  let from = x + (<usize> first << 2);
  let to = y + (<usize> first << 2);
  const whole = to + (<usize> (count & ~3) << 2);
  for (; to < whole; to += 16, from += 16) v128.store(to, f.of(v128.load(from)));
  if (count & 3) storeLanes(to, count & 3, f.of(v128.load(from)));
}

/** y[i] = f(x[i]); codes: ../overrides/elementwise.ts, ../layers/elementwise.ts. Units: blocks of 8192. */
export function unary(code: i32, x: usize, y: usize, n: i32, begin: i32, end: i32): void {
  switch (code) {
    case 0:
      map<Negate>(x, y, n, begin, end);
      break;
    case 1:
      map<Absolute>(x, y, n, begin, end);
      break;
    case 2:
      map<Square>(x, y, n, begin, end);
      break;
    case 3:
      map<Root>(x, y, n, begin, end);
      break;
    case 4:
      map<InverseRoot>(x, y, n, begin, end);
      break;
    case 5:
      map<Reciprocal>(x, y, n, begin, end);
      break;
    case 6:
      map<Floor>(x, y, n, begin, end);
      break;
    case 7:
      map<Ceiling>(x, y, n, begin, end);
      break;
    case 8:
      map<Round>(x, y, n, begin, end);
      break;
    case 9:
      map<Exp>(x, y, n, begin, end);
      break;
    case 10:
      map<Expm1>(x, y, n, begin, end);
      break;
    case 11:
      map<Log>(x, y, n, begin, end);
      break;
    case 12:
      map<Erf>(x, y, n, begin, end);
      break;
    case 13:
      map<Sigmoid>(x, y, n, begin, end);
      break;
    case 14:
      map<Tanh>(x, y, n, begin, end);
      break;
    case 15:
      map<Log1p>(x, y, n, begin, end);
      break;
    case 16:
      map<Softplus>(x, y, n, begin, end);
      break;
    case 17:
      map<Relu>(x, y, n, begin, end);
      break;
    case 18:
      map<Relu6>(x, y, n, begin, end);
      break;
    case 19:
      map<Elu>(x, y, n, begin, end);
      break;
    case 20:
      map<Gelu>(x, y, n, begin, end);
      break;
    case 21:
      map<LeakyRelu>(x, y, n, begin, end);
      break;
  }
}
