// A select one can search: type a name, or what people say for it; arrows and Enter choose.
// Without this module the select itself is there and works.
const words = new Map(); // address → promise of {value: words}

/** What a choice is called; what it says beside that, such as its load, stands apart in the list. */
const named = (option) => option.dataset.name ?? option.textContent;

class Combo {
  constructor(select) {
    this.select = select;
    select.dataset.combo = "on";
    const wrap = document.createElement("div");
    wrap.className = "combo";
    select.replaceWith(wrap);
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "text", className: "input", autocomplete: "off", id: `${select.id}-find`, required: select.required });
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", `${select.id}-list`);
    this.input.placeholder = select.dataset.search;
    wrap.append(this.input, select);
    const label = document.querySelector(`label[for="${select.id}"]`);
    if (label) label.htmlFor = this.input.id;
    this.show();
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    select.addEventListener("change", () => this.show());
    select.required = false; // hidden fields cannot be pointed at; the input is
  }

  show() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? named(option) : "";
    this.input.placeholder = this.input.required ? this.select.dataset.search : (this.select.options[0]?.textContent ?? "");
  }

  async open(typed) {
    const asked = typed.trim().toLowerCase();
    const said = await this.words();
    if (document.activeElement !== this.input) return;
    this.list ??= this.build();
    this.list.replaceChildren();
    let group = null;
    for (const option of this.found(asked, said)) {
      const label = option.parentElement.label;
      if (!asked && label && label !== group) this.list.append(this.heading((group = label)));
      this.list.append(this.choice(option, asked ? label : ""));
    }
    if (!this.choices.length) {
      const none = document.createElement("div");
      none.className = "none";
      none.textContent = this.select.dataset.none;
      this.list.append(none);
    }
    this.place();
    this.mark(this.choices.find((c) => c.dataset.value === this.select.value) ?? (asked ? this.choices[0] : null));
  }

  /** Options that fit: those named so before those of which people only say so. */
  found(asked, said) {
    const rank = (option) => {
      const name = named(option).toLowerCase();
      if (!asked || name.startsWith(asked)) return 0;
      if (name.includes(asked)) return 1;
      return (said[option.value] ?? "").toLowerCase().includes(asked) ? 2 : 3;
    };
    return [...this.select.options]
      .filter((option) => option.value || !(asked || this.input.required))
      .map((option) => [rank(option), option])
      .filter(([at]) => at < 3)
      .sort(([one], [other]) => one - other)
      .map(([, option]) => option);
  }

  async words() {
    const url = this.select.dataset.words;
    if (!url) return {};
    if (!words.has(url)) words.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({})));
    return words.get(url);
  }

  build() {
    const list = document.createElement("div");
    list.className = "combo-list";
    list.id = `${this.select.id}-list`;
    list.setAttribute("role", "listbox");
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the input keeps the focus
      const choice = event.target.closest("[role=option]");
      if (choice) this.take(choice);
    });
    document.body.append(list);
    return list;
  }

  heading(text) {
    const head = document.createElement("div");
    head.setAttribute("role", "presentation");
    head.textContent = text;
    return head;
  }

  choice(option, group) {
    const choice = document.createElement("div");
    choice.setAttribute("role", "option");
    choice.id = `${this.select.id}-${option.index}`;
    choice.dataset.value = option.value;
    choice.textContent = named(option);
    const said = option.dataset.note ?? group;
    if (said) {
      const note = document.createElement("span");
      note.textContent = said;
      choice.append(note);
    }
    if (option.selected) choice.classList.add("chosen");
    return choice;
  }

  get choices() {
    return [...(this.list?.querySelectorAll("[role=option]") ?? [])];
  }

  place() {
    const at = this.input.getBoundingClientRect();
    const below = innerHeight - at.bottom - 12;
    const above = at.top - 12;
    const up = below < 220 && above > below;
    const style = this.list.style;
    style.left = `${Math.max(8, Math.min(at.left, innerWidth - Math.max(at.width, 280) - 8))}px`;
    style.width = `${Math.max(at.width, 280)}px`;
    style.maxHeight = `${Math.min(340, up ? above : below)}px`;
    style.top = up ? "auto" : `${at.bottom + 4}px`;
    style.bottom = up ? `${innerHeight - at.top + 4}px` : "auto";
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  mark(choice) {
    for (const other of this.choices) other.setAttribute("aria-selected", String(other === choice));
    if (!choice) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", choice.id);
    choice.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const shown = this.list && !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) return void this.open("");
      const all = this.choices;
      const here = all.findIndex((choice) => choice.getAttribute("aria-selected") === "true");
      this.mark(all[Math.min(Math.max(here + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)]);
    } else if (event.key === "Enter" && shown) {
      event.preventDefault();
      const choice = this.choices.find((other) => other.getAttribute("aria-selected") === "true");
      if (choice) this.take(choice);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      this.close();
    }
  }

  take(choice) {
    this.select.value = choice.dataset.value;
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  close() {
    this.show();
    this.list?.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function enhance() {
  for (const select of document.querySelectorAll('select[data-combo=""]')) new Combo(select);
}

document.addEventListener("htmx:afterSettle", enhance);
enhance();
