// Names of cameras by their ids, read once for a page.

import { listCameras } from "../api.js";
import { t } from "../words.js";

/** @returns {Promise<(id: number) => string>} what names a camera, one that is gone too */
export async function nameCameras() {
  const cameras = await listCameras().catch(() => []);
  const names = new Map(cameras.map((camera) => [camera.id, camera.name]));
  return (id) => names.get(id) ?? t("Camera {id} (deleted)", { id: String(id) });
}
