// Where a worker runs one test file after the other: each has the modules for itself, as it would have in a process of its own.
import { vi } from "vitest";

vi.resetModules();
