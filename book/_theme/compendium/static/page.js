// What a page does beyond its text: colours, code shown or not, search, the current section, coloured code and its copies.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const storage = (use) => {
    try {
      return use(localStorage);
    } catch { // blocked: the choice lasts as long as the page
      return null;
    }
  };

  function paint() {
    const dark = root.dataset.mode === "auto" ? system.matches : root.dataset.mode === "dark";
    root.dataset.theme = dark ? "dark" : "light";
  }
  system.addEventListener("change", paint);

  const dialog = document.getElementById("search-dialog");
  const field = document.querySelector("main .bd-search input");
  let before = null; // what had the focus, which it has again after Escape; a dialog does so by itself
  field?.addEventListener("keydown", ({ key }) => key === "Escape" && before?.focus());
  function search() {
    document.querySelectorAll("[popover]:popover-open").forEach((open) => open.hidePopover());
    if (field) {
      if (document.activeElement !== field) before = document.activeElement;
      field.focus();
    } else if (!dialog.open) {
      dialog.showModal();
      dialog.querySelector("input").select();
    }
  }
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search();
    }
  });
  field?.focus();

  // Read, or code and data: one choice for the whole book. What is read stays where it is on the screen.
  const folds = document.querySelectorAll("details.hide.above-input");
  const buttons = document.querySelectorAll(".switch [data-action]");
  function show(what) {
    root.dataset.show = what;
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.action === what)));
    folds.forEach((fold) => { fold.open = what === "code"; });
  }
  function choose(what) {
    const parts = [...document.querySelectorAll("article :is(h1, h2, h3, h4, p, li, figure, table)")];
    const bar = document.querySelector(".bd-header").offsetHeight;
    const read = parts.find((part) => part.getBoundingClientRect().top >= bar && part.checkVisibility()
      && !part.closest("details.hide"));
    const before = read?.getBoundingClientRect().top;
    show(what);
    if (read) scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
    storage((store) => store.setItem("show", what));
    const address = new URL(location.href);
    if (what === "code") address.searchParams.set("show", "code");
    else address.searchParams.delete("show");
    try {
      history.replaceState(history.state, "", address);
    } catch { /* a browser that lets no file change its address */ }
  }
  if (root.dataset.show === "code") show("code");

  const actions = {
    read: () => choose("read"),
    code: () => choose("code"),
    search,
    async print() { // when all pictures are there
      const pictures = [...document.querySelectorAll("img[loading=lazy]")];
      pictures.forEach((one) => { one.loading = "eager"; });
      await Promise.allSettled(pictures.map((one) => one.decode()));
      print();
    },
    theme() {
      root.dataset.mode = { light: "dark", dark: "auto", auto: "light" }[root.dataset.mode];
      storage((store) => store.setItem("mode", root.dataset.mode));
      paint();
    },
  };
  addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-action]");
    if (pressed && !event.ctrlKey && !event.metaKey) { // with these keys a link opens beside the page
      event.preventDefault();
      actions[pressed.dataset.action](pressed);
    }
    const followed = event.target.closest("#page-contents a");
    if (followed?.closest(":popover-open")) followed.closest("[popover]").hidePopover();
  });

  // The section that is read is marked in the contents: the last one whose heading has passed the top.
  const links = [...document.querySelectorAll("#page-contents a")];
  const named = new Map(links.map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link]));
  named.delete(null);
  let waiting = false;
  function mark() {
    waiting = false;
    const passed = [...named.keys()].filter((section) => section.getBoundingClientRect().top < innerHeight / 4);
    links.forEach((link) => link.removeAttribute("aria-current"));
    named.get(passed.at(-1))?.setAttribute("aria-current", "true");
  }
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(mark);
    waiting = true;
  }, { passive: true });
  mark();

  // Code is coloured by ranges when it is opened, so that no token needs an element of its own.
  const KEYWORDS = "and as assert async await break class continue def del elif else except False finally for from global"
    + " if import in is lambda None nonlocal not or pass raise return True try while with yield";
  const TOKENS = new RegExp([
    /(?<comment>#.*)/,
    /(?<string>(?<!\w)[rRbBfFuU]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))/,
    new RegExp(`(?<keyword>\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b)`),
    /(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?\b)/,
  ].map(({ source }) => source).join("|"), "g");
  function colour(pre) {
    const text = pre.firstChild;
    for (const match of text.data.matchAll(TOKENS)) {
      const [kind] = Object.entries(match.groups).find(([, value]) => value !== undefined);
      const range = new Range();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      if (!CSS.highlights.has(`code-${kind}`)) CSS.highlights.set(`code-${kind}`, new Highlight());
      CSS.highlights.get(`code-${kind}`).add(range);
    }
  }
  const codes = document.querySelectorAll("pre.python");
  if (globalThis.Highlight) {
    const seen = new IntersectionObserver((entries) => entries.forEach(({ isIntersecting, target }) => {
      if (isIntersecting) {
        seen.unobserve(target);
        colour(target);
      }
    }));
    codes.forEach((pre) => seen.observe(pre));
  }

  // A button that copies appears beside code that is pointed at or focused.
  function offer({ target }) {
    const pre = target.closest?.("pre.code");
    if (!pre || pre.nextElementSibling?.matches(".copy") || !navigator.clipboard) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    });
    pre.after(button);
  }
  addEventListener("pointerover", offer);
  addEventListener("focusin", offer);

  // Words that were searched for are marked on the page that was found; what does so is loaded only then.
  if (!field && storage((store) => store.getItem("sphinx_highlight_terms"))) {
    for (const name of ["documentation_options", "doctools", "sphinx_highlight"]) {
      const script = document.createElement("script");
      script.src = new URL(`_static/${name}.js`, new URL(root.dataset.content_root, location.href));
      script.async = false;
      document.head.append(script);
    }
  }
})();
