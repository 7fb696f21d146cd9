"""A copy button: the clipboard belongs to the browser, so this one element has its own script."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.components.v2 import component

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.textContent = "Copy";
  button.onclick = async () => {
    try { await navigator.clipboard.writeText(data.text); }
    catch {
      const area = document.createElement("textarea");
      area.value = data.text; document.body.append(area); area.select();
      document.execCommand("copy"); area.remove();
    }
    button.textContent = "Copied";
    setTriggerValue("copied", true);
  };
}
"""
_CSS = """
button { font: inherit; font-size: .92rem; padding: .3rem .9rem; border-radius: .5rem; cursor: pointer; width: 100%;
  min-height: 2.5rem; color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color); }
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""
_mount = component("csr_assist_copy", html="<button type='button'>Copy</button>", css=_CSS, js=_JS)


def copy_button(text: str, key: str, on_copied: Callable[[], None]) -> None:
    """Put ``text`` on the clipboard when pressed, then call ``on_copied``."""
    _mount(data={"text": text}, key=key, on_copied_change=on_copied)
