import { workerData } from "node:worker_threads";
import type { StoreLocation } from "../store/location.ts";
import { openReader } from "../store/open.ts";
import { questions } from "./questions.ts";
import { serveCalls } from "./thread-side.ts";

const { location } = workerData as { readonly location: StoreLocation };

serveCalls(
  () => openReader(location),
  questions,
  (reader) => reader.close(),
);
