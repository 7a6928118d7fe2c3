// What an administrator may choose, as the API spells it.

declare global {
  type EvidenceMode = "numbers" | "blurred" | "sharp";

  interface Preferences {
    evidence: EvidenceMode;
    retention: {
      pictures_days: number;
      pictures_megabytes: number;
      sightings_days: number;
      minutes_days: number;
      audit_days: number;
      jobs_days: number;
    };
    verdict_rule: {
      faces_min: number;
      weight_min: number;
      agreement_min: number;
      face_px_min: number;
      changed: "longest" | "last" | "worst";
    };
    session_hours: number;
  }
}

export {};
