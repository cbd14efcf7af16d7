// Draws a figure live when it scrolls into view; without this script its static picture stays.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const narrow = matchMedia("(max-width: 800px)");
  let vega;

  function loadVega() {
    vega ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("vendor/vega.js", root);
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = () => reject(new Error("the chart library did not load; the static picture stays"));
      document.head.append(script);
    });
    return vega;
  }

  async function draw(figure) {
    const { datasets, ...specs } = JSON.parse(figure.querySelector(".figure-spec").textContent);
    const spec = structuredClone({ ...specs[narrow.matches ? "narrow" : "wide"], datasets });
    const live = figure.querySelector(".figure-live");
    const embed = await loadVega();
    const options = { actions: false, renderer: "svg", tooltip: { theme: "custom" } };
    const shown = document.createElement("div");
    live.hidden = false;
    live.replaceChildren(shown);
    await embed(shown, spec, options);
    const picture = shown.querySelector("svg");
    // one picture with one description: its parts are not read out one by one
    picture?.querySelectorAll("[role]").forEach((part) => part.removeAttribute("role"));
    picture?.setAttribute("role", "img");
    picture?.setAttribute("aria-label", spec.description);
    figure.classList.add("is-live");
  }

  const attempt = (figure) => draw(figure).catch((error) => console.warn(`${figure.id}: ${error.message}`));
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        seen.unobserve(target);
        attempt(target);
      }
    }
  }, { rootMargin: "300px" });

  const figures = document.querySelectorAll("figure.figure");
  figures.forEach((figure) => seen.observe(figure));
  narrow.addEventListener("change", () => document.querySelectorAll("figure.is-live").forEach(attempt));

  function named() { // what the address names; `:target` is not set yet when this runs first
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null;
    }
  }

  // A link to a claim, a figure or a finding opens what it is folded into, or what it folds.
  function unfold() {
    const target = named();
    const fold = target?.closest("details") ?? target?.querySelector(":scope > details")
      ?? target?.closest(".official-rows")?.querySelector("details");
    if (!fold || fold.open) return;
    fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();
})();
