#!/usr/bin/python3
"""Peer of the workload `lstm` (networks.ts) in PyTorch on the CPU: torch_lstm.py THREADS lstm [UNITS].

Prints what torch_train.py of the other workloads prints: the median of five windows, in characters per second.
"""
import json, statistics, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
torch.set_num_threads(threads)
torch.manual_seed(0)
TEXTS, LENGTH, ENTRIES, WIDTH = 32, 64, 64, 64
UNITS = int(sys.argv[3]) if len(sys.argv) > 3 else 128


class CharLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(ENTRIES, WIDTH)
        self.lstm = nn.LSTM(WIDTH, UNITS, batch_first=True)
        self.head = nn.Linear(UNITS, ENTRIES)

    def forward(self, ids):
        states, _ = self.lstm(self.embedding(ids))
        return self.head(states.reshape(-1, UNITS))


def rate(f, items):
    for _ in range(2): f()
    began = time.perf_counter(); f(); count = max(2, int(0.6 / (time.perf_counter() - began)))
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(count): f()
        rates.append(items * count / (time.perf_counter() - began))
    return statistics.median(rates)


model = CharLstm()
ids = torch.randint(0, ENTRIES, (TEXTS, LENGTH))
wanted = torch.randint(0, ENTRIES, (TEXTS * LENGTH,))
optimizer = torch.optim.Adam(model.parameters())


def train():
    optimizer.zero_grad(); F.cross_entropy(model(ids), wanted).backward(); optimizer.step()


trained = rate(train, TEXTS * LENGTH)
model.eval()
with torch.inference_mode(): inferred = rate(lambda: model(ids), TEXTS * LENGTH)
print(json.dumps({"workload": "lstm", "threads": threads, "train_items_per_s": round(trained, 1), "infer_items_per_s": round(inferred, 1)}))
