// Sets light or dark, and whether code is shown, before anything is painted, so it must run in the head; and asks early
// for the font of the text, which a page that is a file may not ask for so.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch { // storage is blocked: what the system, or the address, says
      return null;
    }
  };
  const mode = kept("mode");
  root.dataset.mode = ["light", "dark"].includes(mode) ? mode : "auto";
  const dark = root.dataset.mode === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : mode === "dark";
  root.dataset.theme = dark ? "dark" : "light";
  const show = new URLSearchParams(location.search).get("show") ?? kept("show");
  root.dataset.show = show === "code" ? "code" : "read";
  if (location.protocol !== "file:") {
    const font = document.createElement("link");
    const href = new URL("_static/fonts/serif.woff2", new URL(root.dataset.content_root, location.href));
    document.head.append(Object.assign(font, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href }));
  }
})();
