// Runs before the first paint, so that a remembered theme and language never flash their opposite.
(function () {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem("portolan-theme") || "auto";
    var dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
    root.lang =
      localStorage.getItem("portolan-language") || (/^zh/i.test(navigator.language) ? "zh-CN" : "en");
  } catch {
    // A browser without storage starts in its defaults.
  }
})();
