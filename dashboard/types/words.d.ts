// The words of the house as the API and the live connection spell them.

// Both libraries are loaded as plain scripts, and so are globals; uPlot's types say so themselves.
import type { Socket as IoSocket, io as connectIo } from "socket.io-client";
import type {} from "uplot";

declare global {
  const io: typeof connectIo;
  type Socket = IoSocket;

  // The words of a page that is not English; dashboard/words.py writes them.
  var maskwatchWords:
    | { texts: Record<string, string>; plurals: Record<string, [string, string]>; sentences: Record<string, string> }
    | undefined;

  type Label = "mask" | "incorrect_mask" | "no_mask";
  type Verdict = Label | "unsure";
  type CameraState = "connecting" | "live" | "reconnecting" | "paused";
  type Interval = { lower: number; upper: number };

  interface Counts {
    mask: number;
    incorrect_mask: number;
    no_mask: number;
    unsure: number;
    rate: number | null;
    interval: Interval | null;
    coverage: number | null;
  }

  // seen: the share of the time in which cameras delivered; null where there was none.
  interface SeenCounts extends Counts {
    seen: number | null;
  }

  interface ComplianceBucket extends SeenCounts {
    start: string;
    gap: boolean;
  }

  interface Compliance {
    series: ComplianceBucket[];
    totals: SeenCounts;
    model_versions: string[];
    minutes_from: string | null;
  }

  interface ComplianceGroup extends SeenCounts {
    name: string;
    camera_id: number | null;
    weekday: number | null;
    hour: number | null;
    gap: boolean;
  }

  interface CameraHealth {
    state: CameraState;
    reason: string;
    since: string;
    width: number | null;
    height: number | null;
    frames_per_second: number | null;
    codec: string;
    reconnects: number;
  }

  interface Camera {
    id: number;
    name: string;
    url: string;
    transport: "tcp" | "udp";
    site: string;
    zone: string;
    is_paused: boolean;
    frames_per_second: number;
    long_side: number;
    created_at: string;
    health: CameraHealth | null;
  }

  // What a wall knows of a camera; areas are shares of the picture.
  interface WallCamera {
    id: number;
    name: string;
    site: string;
    zone: string;
    is_paused: boolean;
    include: [number, number][][];
    exclude: [number, number][][];
    health: CameraHealth | null;
  }

  interface TilePlace {
    camera_id: number;
    size: number;
  }

  interface Arrangement {
    tiles: TilePlace[];
    shows_others: boolean;
  }

  interface SavedLayout extends Arrangement {
    id: number;
    name: string;
    is_shared: boolean;
  }

  interface WallData {
    cameras: WallCamera[];
    layouts: SavedLayout[];
  }

  interface CameraCheck {
    ok: boolean;
    error: string;
    width: number;
    height: number;
    frames_per_second: number | null;
    codec: string;
    snapshot_jpeg: string;
  }

  interface Sighting {
    id: number;
    camera_id: number;
    started_at: string;
    ended_at: string;
    verdict: Verdict;
    probabilities: Record<Label, number>;
    faces: number;
    // A person counted before, who stayed on.
    is_continuation: boolean;
    is_required: boolean;
    changes: number;
    model_version: string;
    has_picture: boolean;
    review: Review | null;
  }

  // What a person says that the verdict should have been.
  interface Review {
    label: Label | "not_a_face";
    reviewed_by: string;
    reviewed_at: string;
  }

  // votes_over_time, changed: null once they are pruned. cursor: lists with it begin behind.
  interface SightingDetail extends Sighting {
    stretch_s: number | null;
    votes_over_time: Votes[] | null;
    changed: { at: string; before: Label; after: Label }[] | null;
    picture: { taken_at: string; is_sharp: boolean; is_shown_sharp: boolean } | null;
    cursor: string;
  }

  interface Votes extends Record<Label, number> {
    at: string;
    weight: number;
    faces: number;
  }

  type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

  // parameters and result depend on the kind; log is there where one job is asked for.
  interface Job {
    id: string;
    kind: string;
    state: JobState;
    progress: number | null;
    message: string;
    camera_id: number | null;
    parameters: Record<string, unknown>;
    result: Record<string, unknown> | null;
    asked_by: string;
    asked_by_kind: string;
    is_cancel_asked: boolean;
    may_cancel: boolean;
    runs: number;
    created_at: string;
    started_at: string | null;
    ended_at: string | null;
    log?: string[];
  }

  interface SystemProcess {
    kind: string;
    name: string;
    host: string;
    pid: number;
    started_at: string;
    detail: string;
    version: string;
    models: string[];
  }

  interface FrameSums {
    captured: number;
    analysed: number;
    unchanged: number;
    superseded: number;
    expired: number;
    lost: number;
    failed: number;
    waiting: number;
    in_flight: number;
  }

  interface CameraSystem {
    camera_id: number;
    name: string;
    state: CameraState;
    reason: string;
    frames: FrameSums & { is_balanced: boolean };
    latency: { frames: number; p50_s: number | null; p95_s: number | null; p99_s: number | null };
  }

  interface System {
    processes: SystemProcess[];
    cameras: CameraSystem[];
    queue: { waiting: number; in_flight: number; results: number };
    counted_since: string | null;
  }

  interface SystemFinding {
    severity: "bad" | "warning";
    title: string;
    advice: string;
    link: string;
    camera_id: number | null;
  }

  interface Resources {
    database: { server: string; size_bytes: number; bytes_per_day: number | null; measured_since: string | null };
    pictures: { count: number; size_bytes: number; limit_bytes: number };
    disk: { total_bytes: number; free_bytes: number };
    memory: { server: string; used_bytes: number; peak_bytes: number; max_bytes: number; is_on_disk: boolean };
    software: { name: string; version: string }[];
  }

  // figures: by name, 0 to 1; share: told rightly by a classifier, found by a detector.
  interface Measurement {
    data: string;
    is_new_source: boolean;
    faces: number;
    figures: Record<string, number>;
    labels: { label: string; faces: number; precision: number | null; recall: number | null }[];
    sizes: { from_px: number; to_px: number | null; faces: number | null; share: number }[];
  }

  interface ModelVersion {
    id: number;
    task: "classifier" | "detector";
    version: string;
    architecture: string;
    precision: string;
    input_side: number;
    is_active: boolean;
    active_since: string | null;
    activated_by: string | null;
    is_next_back: boolean;
    is_shipped: boolean;
    added_at: string;
    added_by: string;
    checked_at: string | null;
    figures: Record<string, number>;
    measurements: Measurement[];
    files: { name: string; size: number; sha256: string; runtime: string }[];
  }

  // One entry of a problem's errors: the field, and what a good value is.
  interface Fault {
    parameter: string;
    expected: string;
    found?: string;
  }

  interface Page<Item> {
    items: Item[];
    next_cursor: string | null;
  }

  // Box: x, y, width, height in pixels of the frame; verdict is null until settled.
  interface LiveFace {
    box: [number, number, number, number];
    track_id: number;
    label: Label;
    probability: number;
    score: number;
    verdict: Verdict | null;
  }

  interface LiveFrame {
    camera_id: number;
    frame_id: number;
    captured_at: string;
    width: number;
    height: number;
    kind: "analysed" | "preview";
    analysed_at: string | null;
    faces: LiveFace[];
    people_now: number;
    jpeg: ArrayBuffer;
  }

  interface CameraStatistics {
    camera_id: number;
    state: CameraState;
    reason: string;
    since: string | null;
    people_now: number;
    today: Counts;
    is_required: boolean;
  }

  interface LiveStatistics {
    server_time: string;
    cameras: CameraStatistics[];
    people_now: number;
    today: Counts;
  }
}
