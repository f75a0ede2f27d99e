import Kit

/// The mark: a crate on a quay over one wave.
enum Icon {
  static let path = Path("/icon.svg")

  static var mark: Markup {
    Tag.svg(.class("mark"), .viewBox("0 0 32 32"), .hidden) { drawing }
  }

  private static var drawing: Markup {
    Tag.path(.class("crate"), .d("M10 4h12v10H10z")) + Tag.path(.class("quay"), .d("M3 16h26v4H3z"))
      + Tag.path(
        .class("wave"),
        .d("M3 25q3.25-3.5 6.5 0t6.5 0t6.5 0t6.5 0v3q-3.25 3.5-6.5 0t-6.5 0t-6.5 0t-6.5 0z"))
  }

  static func of(_ room: Room) -> Markup {
    Tag.svg(.class("icon"), .viewBox("0 0 24 24"), .hidden) { Tag.path(.d(room.icon)) }
  }

  /// The same for a tab, where no style sheet reaches.
  static let file = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
    <rect width="32" height="32" rx="7" fill="#0d3b4a"/>
    <path fill="#f2b84b" d="M11 6h10v8H11z"/><path fill="#fff" d="M5 16h22v3H5z"/>
    <path fill="#6cc5dc"
    d="M5 23q2.75-3 5.5 0t5.5 0t5.5 0t5.5 0v2.5q-2.75 3-5.5 0t-5.5 0t-5.5 0t-5.5 0z"/>
    </svg>
    """
}
