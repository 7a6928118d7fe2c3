// What the API says of cameras: how they do, and what a list would change.

declare global {
  type Condition = "lost" | "waiting" | "slow" | "unsteady" | "good" | "paused";

  // captured is the sum of all that follows.
  interface Frames {
    captured: number;
    looked_at: number;
    skipped: number;
    lost: number;
    unresolved: number;
  }

  interface Latency {
    frames: number;
    p50_s: number | null;
    p95_s: number | null;
    p99_s: number | null;
  }

  interface CameraCondition {
    camera_id: number;
    name: string;
    condition: Condition;
    reason: string;
    since: string | null;
    last_frame_at: string | null;
    frames: Frames;
    latency: Latency;
    reconnects_hour: number;
    reconnects_day: number;
    last_error: { at: string; reason: string } | null;
  }

  interface HealthStretch {
    start: string;
    gap: boolean;
    frames: Frames;
    latency: Latency;
    reconnects: number;
  }

  interface CameraPast {
    now: CameraCondition;
    step_s: number;
    series: HealthStretch[];
    frames: Frames;
    latency: Latency;
  }

  interface ImportedCamera {
    line: string;
    name: string;
    outcome: "added" | "changed" | "unchanged";
    changes: { field: string; before: string | null; after: string }[];
  }

  interface CameraImport {
    items: ImportedCamera[];
    faults: { line: string; field: string; message: string }[];
    dry_run: boolean;
  }
}

export {};
