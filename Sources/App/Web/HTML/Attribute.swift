import HTTP

/// An attribute with its value. The list is closed: no `style`, no `on...`, no address that is not
/// a `Path` of ours.
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
  static let noAutocomplete = Attribute("autocomplete", "off")

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
