// What the pages of cameras say beside words.d.ts: checks with advice, rules, devices of the network.

export {};

declare global {
  interface Advice {
    topic: "faces" | "distance" | "light" | "sharpness" | "rate";
    level: "good" | "fair" | "poor";
    text: string;
  }

  // Box: x, y, width, height in pixels of the snapshot.
  interface SnapshotFace {
    box: [number, number, number, number];
    score: number;
  }

  interface CameraCheck {
    faces: SnapshotFace[] | null;
    advice: Advice[];
  }

  // Shares of the picture: 0, 0 is its top left corner, 1, 1 the bottom right one.
  type Point = [number, number];
  type AreaKind = "include" | "exclude";

  interface Area {
    kind: AreaKind;
    points: Point[];
  }

  interface Span {
    days: string[];
    from: string;
    to: string;
  }

  interface CameraRules {
    include: Point[][];
    exclude: Point[][];
    face_px_min: number;
    score_min: number | null;
    schedule: Span[] | null;
  }

  interface Camera {
    rules: CameraRules;
  }

  interface FoundDevice {
    name: string;
    model: string;
    address: string;
    host: string;
  }

  interface DeviceStream {
    name: string;
    url: string;
    width: number | null;
    height: number | null;
    frames_per_second: number | null;
    codec: string;
  }
}
