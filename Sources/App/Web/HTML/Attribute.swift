import HTTP

/// An attribute with its value. The list is closed: no `style`, no `on...`, no address that is not
/// a `Path` of ours, no script that is not an `Asset`'s.
package struct Attribute: Sendable {
  let html: String

  private init(_ name: String, _ value: String) {
    html = "\(name)=\"\(HTMLText.escape(value))\""
  }

  static func `class`(_ names: String...) -> Attribute {
    Attribute("class", names.filter { !$0.isEmpty }.joined(separator: " "))
  }

  static func href(_ path: Path) -> Attribute { Attribute("href", path.text) }
  static func action(_ path: Path) -> Attribute { Attribute("action", path.text) }

  static func id(_ value: String) -> Attribute { Attribute("id", value) }
  static func lang(_ value: String) -> Attribute { Attribute("lang", value) }
  static func role(_ value: String) -> Attribute { Attribute("role", value) }
  static func title(_ value: String) -> Attribute { Attribute("title", value) }
  static func label(_ value: String) -> Attribute { Attribute("aria-label", value) }
  static func labelledBy(_ id: String) -> Attribute { Attribute("aria-labelledby", id) }
  static func dateTime(_ value: String) -> Attribute { Attribute("datetime", value) }
  /// What a narrow screen shows before a cell's value, in place of the column's head.
  static func column(_ value: String) -> Attribute { Attribute("data-column", value) }
  static func scope(_ value: String) -> Attribute { Attribute("scope", value) }

  static func current(_ isCurrent: Bool) -> Attribute? {
    isCurrent ? Attribute("aria-current", "page") : nil
  }
  static let hidden = Attribute("aria-hidden", "true")

  static func name(_ value: String) -> Attribute { Attribute("name", value) }
  static func value(_ value: String) -> Attribute { Attribute("value", value) }
  static func type(_ value: String) -> Attribute { Attribute("type", value) }
  static func `for`(_ id: String) -> Attribute { Attribute("for", id) }
  static func placeholder(_ value: String) -> Attribute { Attribute("placeholder", value) }
  static let get = Attribute("method", "get")
  static let post = Attribute("method", "post")
  /// A form with files.
  static let multipart = Attribute("enctype", "multipart/form-data")
  /// A button of a form that goes somewhere else.
  static func formAction(_ path: Path) -> Attribute { Attribute("formaction", path.text) }
  static let noAutocomplete = Attribute("autocomplete", "off")
  static func autocomplete(_ value: StaticString) -> Attribute {
    Attribute("autocomplete", "\(value)")
  }
  static let required = Attribute("required", "required")
  static let autofocus = Attribute("autofocus", "autofocus")
  static let disabled = Attribute("disabled", "disabled")
  static let readOnly = Attribute("readonly", "readonly")
  static let multiple = Attribute("multiple", "multiple")
  static let unseen = Attribute("hidden", "hidden")
  static let open = Attribute("open", "open")
  static func checked(_ isChecked: Bool) -> Attribute? {
    isChecked ? Attribute("checked", "checked") : nil
  }
  static func selected(_ isSelected: Bool) -> Attribute? {
    isSelected ? Attribute("selected", "selected") : nil
  }
  static func minLength(_ value: Int) -> Attribute { Attribute("minlength", String(value)) }
  static func maxLength(_ value: Int) -> Attribute { Attribute("maxlength", String(value)) }
  static func min(_ value: Int) -> Attribute { Attribute("min", String(value)) }
  static func max(_ value: Int) -> Attribute { Attribute("max", String(value)) }
  static func rows(_ value: Int) -> Attribute { Attribute("rows", String(value)) }
  static func accept(_ value: String) -> Attribute { Attribute("accept", value) }
  static func list(_ id: String) -> Attribute { Attribute("list", id) }
  static func inputMode(_ value: StaticString) -> Attribute { Attribute("inputmode", "\(value)") }
  static let noSpellcheck = Attribute("spellcheck", "false")
  static func accessKey(_ value: StaticString) -> Attribute { Attribute("accesskey", "\(value)") }

  static func describedBy(_ id: String) -> Attribute { Attribute("aria-describedby", id) }
  static func expanded(_ isOpen: Bool) -> Attribute {
    Attribute("aria-expanded", isOpen ? "true" : "false")
  }
  static func live(_ value: StaticString) -> Attribute { Attribute("aria-live", "\(value)") }
  static func tabIndex(_ value: Int) -> Attribute { Attribute("tabindex", String(value)) }
  /// `data-...`, for a script of ours.
  static func data(_ name: StaticString, _ value: String) -> Attribute {
    Attribute("data-\(name)", value)
  }
  /// The element with this `id` is drawn anew when one of these topics changes: see `Live`.
  static func refreshes(on topics: String...) -> Attribute {
    Attribute("data-live", topics.joined(separator: " "))
  }

  static func src(_ path: Path) -> Attribute { Attribute("src", path.text) }
  /// A frame loads when it comes into view.
  static let lazy = Attribute("loading", "lazy")
  static let inNewTab = Attribute("target", "_blank")
  static let deferred = Attribute("defer", "defer")
  static func alt(_ value: String) -> Attribute { Attribute("alt", value) }
  static let download = Attribute("download", "download")

  static let utf8 = Attribute("charset", "utf-8")
  static func rel(_ value: String) -> Attribute { Attribute("rel", value) }
  static func content(_ value: String) -> Attribute { Attribute("content", value) }
  static let refresh = Attribute("http-equiv", "refresh")

  static func viewBox(_ value: String) -> Attribute { Attribute("viewBox", value) }
  static let stretched = Attribute("preserveAspectRatio", "none")
  static func x(_ value: Int) -> Attribute { Attribute("x", String(value)) }
  static func width(_ value: Int) -> Attribute { Attribute("width", String(value)) }
  static func height(_ value: Int) -> Attribute { Attribute("height", String(value)) }
  static func d(_ value: StaticString) -> Attribute { Attribute("d", "\(value)") }
}
