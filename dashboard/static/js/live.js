// The live connection: one Socket.IO over WebSocket, which heals by itself.

import { ask } from "./api.js";

const RETRY_MS = 1500;

/**
 * @typedef {object} LiveHandlers
 * @property {(frame: LiveFrame, acknowledge: () => void) => void} onFrame
 * @property {(statistics: LiveStatistics) => void} onStatistics
 * @property {() => void} onCameras the list of cameras changed
 * @property {() => void} onConnected also after each reconnection
 * @property {() => void} onLost at the first sign, not after a timeout
 */

/**
 * Connect; `watch` replaces the cameras whose frames are wanted.
 * @param {LiveHandlers} handlers
 */
export function connectLive(handlers) {
  const socket = io({ transports: ["websocket"], reconnectionDelay: 400, reconnectionDelayMax: 4000 });
  /** @type {number[]} */
  let watched = [];
  socket.on("connect", () => {
    socket.emit("watch", { camera_ids: watched });
    handlers.onConnected();
  });
  socket.on("disconnect", () => {
    handlers.onLost();
    retryUnlessActive(socket);
  });
  socket.on("connect_error", () => {
    handlers.onLost();
    // A socket is refused without a reason; the API's 401 leads to sign-in if that is the cause.
    void ask("cameras").catch(() => null);
    retryUnlessActive(socket);
  });
  socket.on("frame", handlers.onFrame);
  socket.on("statistics", handlers.onStatistics);
  socket.on("cameras", handlers.onCameras);
  addEventListener("online", () => socket.connect());
  return {
    /** @param {number[]} cameraIds */
    watch(cameraIds) {
      watched = cameraIds;
      if (socket.connected) socket.emit("watch", { camera_ids: watched });
    },
  };
}

/**
 * Try again where the library itself would not: the server closed the connection.
 * @param {Socket} socket
 */
function retryUnlessActive(socket) {
  if (socket.active) return;
  setTimeout(() => socket.connect(), RETRY_MS);
}
