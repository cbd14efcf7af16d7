// Sets light or dark before anything is painted, so it must run in the head.
(() => {
  const root = document.documentElement;
  let mode;
  try {
    mode = localStorage.getItem("mode");
  } catch { /* storage is blocked: the system decides */ }
  root.dataset.mode = ["light", "dark"].includes(mode) ? mode : "auto";
  const dark = root.dataset.mode === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : mode === "dark";
  root.dataset.theme = dark ? "dark" : "light";
})();
