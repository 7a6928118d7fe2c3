// Set the remembered theme before the first paint; a plain script in the head for that reason.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system's theme is followed.
  }
})();
