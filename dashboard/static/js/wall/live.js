// The live connection: one Socket.IO over WebSocket, which heals by itself and can rest.

import { ask } from "../api.js";

const RETRY_MS = 1500;

/** The server speaks every 2 s; one that is silent for so long is lost, whatever TCP believes. */
const SILENCE_MS = 6000;
const LISTEN_MS = 1000;

/**
 * @typedef {object} LiveHandlers
 * @property {(frame: LiveFrame, acknowledge: () => void) => void} onFrame
 * @property {(statistics: LiveStatistics) => void} onStatistics
 * @property {() => void} onDatabaseAway there are no statistics for now
 * @property {() => void} onCameras the list of cameras changed
 * @property {() => void} onConnected also after each reconnection
 * @property {() => void} onLost at the first sign, not after a timeout
 */

/**
 * Connect. `watch` replaces the cameras whose frames are wanted; `rest` hangs up until `wake`.
 * @param {LiveHandlers} handlers
 */
export function connectLive(handlers) {
  const socket = io({ transports: ["websocket"], reconnectionDelay: 400, reconnectionDelayMax: 4000 });
  /** @type {number[]} */
  let watched = [];
  let heardAt = 0;
  let isResting = false;

  function retry() {
    if (isResting) return;
    handlers.onLost();
    // The library itself does not try again where it was the server that hung up.
    if (!socket.active) setTimeout(() => { if (!isResting) socket.connect(); }, RETRY_MS);
  }

  function listen() {
    if (!socket.connected || document.hidden || performance.now() - heardAt < SILENCE_MS) return;
    socket.disconnect();
    retry();
  }

  socket.onAny(() => { heardAt = performance.now(); });
  socket.on("connect", () => {
    heardAt = performance.now();
    socket.emit("watch", { camera_ids: watched });
    handlers.onConnected();
  });
  socket.on("disconnect", (reason) => { if (reason !== "io client disconnect") retry(); });
  socket.on("connect_error", () => {
    // A socket is refused without a reason; the API's 401 leads to sign-in if that is the cause.
    void ask("wall").catch(() => null);
    retry();
  });
  socket.on("frame", handlers.onFrame);
  socket.on("statistics", handlers.onStatistics);
  socket.on("database_away", handlers.onDatabaseAway);
  socket.on("cameras", handlers.onCameras);
  addEventListener("online", () => { if (!isResting) socket.connect(); });
  // The network is gone, or only another one: the server has 2 s to say something.
  addEventListener("offline", () => { heardAt = performance.now() - SILENCE_MS + 2500; });
  setInterval(listen, LISTEN_MS);
  return {
    /** @param {number[]} cameraIds */
    watch(cameraIds) {
      watched = cameraIds;
      if (socket.connected) socket.emit("watch", { camera_ids: watched });
    },
    rest() {
      isResting = true;
      socket.disconnect();
    },
    wake() {
      heardAt = performance.now();
      isResting = false;
      socket.connect();
    },
  };
}
