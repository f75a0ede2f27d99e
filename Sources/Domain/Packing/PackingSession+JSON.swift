public import Kit

/// How a session is kept between two events. Old sessions must always decode.
extension PackingSession {
  public var content: JSON {
    .object([
      ("bill", bill.json), ("placed", .array(placed.map(\.json))), ("awaiting", awaiting.json),
      (
        "alarm",
        alarm.map { ["code": .string($0.code.rawValue), "message": .string($0.message)] } ?? .null
      ),
      ("printed", .optional(printed)), ("reason", .optional(reason)),
      ("confirming", .optional(confirming)),
      (
        "last", lastScan.map { ["text": .string($0.text), "at": .int($0.at)] } ?? .null
      ),
    ])
  }

  /// A session as it was kept.
  public init(
    id: UUIDv7, orderID: String, state: State, packer: String, version: Int, content: JSONValue
  ) {
    self.init(
      id: id, orderID: orderID, bill: PackingBill(content["bill"]), packer: packer)
    self.state = state
    self.version = version
    placed = content["placed"]?.elements.map(Placement.init) ?? []
    awaiting = Awaiting(content["awaiting"])
    if let kept = content["alarm"], let name = kept["code"]?.string {
      alarm = Alarm(
        code: PackingOutcome.Code(rawValue: name) ?? .unknownCode,
        message: kept["message"]?.string ?? "")
    }
    printed = content["printed"]?.int.map { Int($0) }
    reason = content["reason"]?.string
    confirming = content["confirming"]?.string
    if let last = content["last"], let text = last["text"]?.string, let at = last["at"]?.int {
      lastScan = (text, at)
    }
  }
}

extension PackingBill {
  fileprivate var json: JSON {
    [
      "lines": .array(
        lines.map {
          [
            "line": .string($0.lineID), "title": .string($0.title), "sku": .string($0.sku),
            "quantity": .int(Int64($0.quantity)), "model": .optional($0.model),
            "variant": .optional($0.variant),
          ]
        }),
      "items": .array(items.map(\.json)),
    ]
  }

  fileprivate init(_ json: JSONValue?) {
    self.init(
      lines: json?["lines"]?.elements.map {
        PackingLine(
          lineID: $0["line"]?.string ?? "", title: $0["title"]?.string ?? "",
          sku: $0["sku"]?.string ?? "", quantity: Int($0["quantity"]?.int ?? 0),
          model: $0["model"]?.string, variant: $0["variant"]?.string)
      } ?? [],
      items: json?["items"]?.elements.map(PackingItem.init) ?? [])
  }
}

extension PackingItem {
  fileprivate var json: JSON {
    let (name, id): (String, JSON) =
      switch kind {
      case .part(let id): ("part", .int(id))
      case .base(let id): ("base", .int(id))
      case .whole: ("whole", .null)
      }
    return [
      "line": .string(lineID), "kind": .string(name), "id": id, "name": .string(self.name),
      "detail": .string(detail), "needed": .int(Int64(needed)), "serial": .bool(asksSerial),
      "codes": .array(codes.map(JSON.string)),
    ]
  }

  fileprivate init(_ json: JSONValue) {
    let id = json["id"]?.int ?? 0
    let kind: Kind =
      switch json["kind"]?.string {
      case "part": .part(id)
      case "base": .base(id)
      default: .whole
      }
    self.init(
      lineID: json["line"]?.string ?? "", kind: kind, name: json["name"]?.string ?? "",
      detail: json["detail"]?.string ?? "", needed: Int(json["needed"]?.int ?? 0),
      asksSerial: json["serial"]?.bool ?? false,
      codes: json["codes"]?.elements.compactMap(\.string) ?? [])
  }
}

extension PackingSession.Placement {
  fileprivate var json: JSON {
    [
      "item": .string(itemKey), "serial": .optional(serial), "removed": removed?.json ?? .null,
    ]
  }

  fileprivate init(_ json: JSONValue) {
    self.init(
      itemKey: json["item"]?.string ?? "", serial: json["serial"]?.string,
      removed: json["removed"].flatMap(PackingSession.Removed.init))
  }
}

extension PackingSession.Removed {
  fileprivate var json: JSON {
    ["part": .int(partID), "name": .string(name), "serial": .optional(serial)]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let id = json["part"]?.int else { return nil }
    self.init(partID: id, name: json["name"]?.string ?? "", serial: json["serial"]?.string)
  }
}

extension PackingSession.Awaiting {
  fileprivate var json: JSON {
    switch self {
    case .parts: ["is": "parts"]
    case .serial(let item): ["is": "serial", "item": .string(item)]
    case .removedPart: ["is": "removed_part"]
    case .removedSerial(let part):
      [
        "is": "removed_serial", "part": .int(part.id), "name": .string(part.name),
        "asks": .bool(part.asksSerial),
      ]
    case .installedPart(let removed): ["is": "installed_part", "removed": removed.json]
    case .installedSerial(let item, let removed):
      ["is": "installed_serial", "item": .string(item), "removed": removed.json]
    }
  }

  fileprivate init(_ json: JSONValue?) {
    let removed = json?["removed"].flatMap(PackingSession.Removed.init)
    let item = json?["item"]?.string
    switch (json?["is"]?.string, item, removed) {
    case ("serial", let item?, _): self = .serial(item: item)
    case ("removed_part", _, _): self = .removedPart
    case ("removed_serial", _, _):
      self = .removedSerial(
        KnownPart(
          id: json?["part"]?.int ?? 0, name: json?["name"]?.string ?? "",
          asksSerial: json?["asks"]?.bool ?? false))
    case ("installed_part", _, let removed?): self = .installedPart(removed)
    case ("installed_serial", let item?, let removed?):
      self = .installedSerial(item: item, removed)
    default: self = .parts
    }
  }
}
