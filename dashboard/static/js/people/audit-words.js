// What the audit tells, in plain words: actions, fields, subjects.

import { t } from "../words.js";

/** Each action under the heading of what it is done to. @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
export const ACTIONS = {
  [t("Cameras")]: {
    "camera.": t("All that was done to cameras"),
    "camera.add": t("Camera added"), "camera.change": t("Camera changed"), "camera.remove": t("Camera deleted"), "camera.import": t("Cameras imported"),
    "camera.search": t("Network searched for cameras"), "camera.streams": t("Camera asked for its streams"),
  },
  [t("Sites and zones")]: {
    "site.": t("All that was done to sites"),
    "site.add": t("Site added"), "site.rename": t("Site renamed"), "site.remove": t("Site removed"),
    "zone.add": t("Zone added"), "zone.rename": t("Zone renamed"), "zone.remove": t("Zone removed"),
  },
  [t("People")]: {
    "user.": t("All that was done to users"),
    "user.add": t("User added"), "user.change": t("User changed"), "user.remove": t("User removed"), "user.link": t("Password link made"),
    "user.password": t("Password changed"), "user.appearance": t("Language or theme chosen"),
    "group.add": t("Group made"), "group.change": t("Group changed"), "group.remove": t("Group removed"),
  },
  [t("Signing in")]: {
    "session.": t("All about signing in"),
    "session.sign_in": t("Signed in"), "session.sign_out": t("Signed out"), "session.refuse": t("Sign-in refused"), "session.end": t("Session ended"),
    "kiosk.begin": t("Screen began to show the wall"), "kiosk.end": t("Screen stopped showing the wall"), "kiosk.refuse": t("Screen refused"),
  },
  [t("Tokens")]: { "token.create": t("Token made"), "token.revoke": t("Token revoked") },
  [t("Pictures and history")]: {
    "picture.view": t("Face looked at"), "picture.desharpen": t("Sharp pictures blurred or removed"), "sighting.review": t("Sighting reviewed"),
    "history.erase": t("History erased"), "history.prune": t("Old history removed"), "history.backfill": t("Video analysed into the history"),
  },
  [t("Exports")]: {
    "export.": t("All exports"),
    "export.sightings": t("Sightings exported"), "export.audit": t("Audit exported"),
  },
  [t("System")]: {
    "preferences.change": t("Settings changed"),
    "model.add": t("Model version added"), "model.activate": t("Model activated"), "model.roll_back": t("Model rolled back"), "model.remove": t("Model version removed"),
    "job.cancel": t("Job cancelled"), "database.backup": t("Backup made"), "database.restore": t("Backup restored"),
    "layout.add": t("Wall layout saved"), "layout.change": t("Wall layout changed"), "layout.remove": t("Wall layout removed"),
  },
};

/** @type {Readonly<Record<string, string>>} */
const TITLES = Object.assign({}, ...Object.values(ACTIONS));

/** @type {Readonly<Record<string, string>>} */
const FIELDS = {
  name: t("Name"), url: t("Address"), address: t("Network address"), transport: t("Transport"), site: t("Site"), zone: t("Zone"),
  is_paused: t("Paused"), frames_per_second: t("Analysed a second"), long_side: t("Long side of the picture"), rules: t("Rules"),
  schedule: t("Schedule"), include: t("Areas that count"), exclude: t("Areas left out"), face_px_min: t("Smallest face"), score_min: t("Least score"),
  role: t("Role"), is_limited: t("Limited to sites"), site_ids: t("Sites"), sites: t("Sites"), group_ids: t("Groups"), groups: t("Groups"),
  user_ids: t("People"), users: t("People"), may_see_faces: t("May see faces"), has_new_password: t("New password"),
  scopes: t("Reaches"), expires_at: t("Runs out"), language: t("Language"), theme: t("Theme"), by: t("By"), browser: t("Browser"),
  sessions_ended: t("Sessions ended"), session_hours: t("Hours of a session"), evidence: t("Pictures of faces"), retention: t("Kept"),
  verdict_rule: t("Verdict rule"), minutes_days: t("Minutes, for days"), sightings_days: t("Sightings, for days"), pictures_days: t("Pictures, for days"),
  audit_days: t("Audit, for days"), label: t("Label"), review: t("Review"), camera_id: t("Camera"), from: t("From"), to: t("To"), start: t("From"), end: t("To"),
  version: t("Version"), active: t("Active version"), job: t("Job"), state: t("State"), content: t("Arrangement"), format: t("Format"),
};

/** @type {Readonly<Record<string, string>>} */
const KINDS = {
  camera: t("camera"), site: t("site"), zone: t("zone"), user: t("user"), group: t("group"), token: t("token"),
};

/** @param {string} action such as `camera.change` */
export function sayAction(action) {
  return TITLES[action] ?? action;
}

/** @param {string} path of a field, such as `retention.audit_days` */
export function sayField(path) {
  return path.split(".").map((name) => FIELDS[name] ?? name.replaceAll("_", " ")).join(" › ");
}

/**
 * Say what something was done to: a name where it has one, which the action's words tell the kind of.
 * @param {string} subject such as `camera 3 "door"`
 */
export function saySubject(subject) {
  return /^\w+(?: \d+)? "(.*)"$/s.exec(subject)?.[1] ?? KINDS[subject] ?? subject;
}

/** @param {string} kind of who made a change @param {string} address */
export function sayFrom(kind, address) {
  const words = { token: t("token"), command: t("on the server"), system: t("by itself") }[kind];
  return [words, address].filter(Boolean).join(" · ");
}
