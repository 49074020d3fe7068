/** Queues on Redis: BullMQ, and ioredis, by which it speaks. */
import type * as bullmq from "npm:bullmq@5.81.5";
import type * as ioredis from "npm:ioredis@5.11.1";

export type { Job, Queue as QueueType, Worker as WorkerType } from "npm:bullmq@5.81.5";
export type { Redis as RedisType } from "npm:ioredis@5.11.1";

const specifiers = ["npm:bullmq@5.81.5", "npm:ioredis@5.11.1"] as const;

export const { Queue, QueueEvents, UnrecoverableError, WaitingError, Worker }: typeof bullmq =
  await import(specifiers[0]);
export const { Redis }: typeof ioredis = await import(specifiers[1]);
