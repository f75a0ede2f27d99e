extension PackingSession {
  mutating func take(_ scan: ScannedText, _ around: PackingSurroundings) -> Verdict {
    guard !scan.plain.isEmpty else {
      return Verdict(.unreadable, "The scanner sent nothing that can be read. Scan it again.")
    }
    if let last = lastScan, last.text == scan.plain,
      (0...Self.blanking).contains(scan.capturedAt - last.at)
    {
      return Verdict(.repeated, "The same scan twice; it counts once.")
    }
    lastScan = (scan.plain, scan.capturedAt)
    switch awaiting {
    case .parts: return place(scan, removed: nil, around)
    case .serial(let item): return takeSerial(scan, of: item, removed: nil, around)
    case .removedPart: return remove(scan, around)
    case .removedSerial(let part): return takeRemovedSerial(scan, of: part, around)
    case .installedPart(let removed): return place(scan, removed: removed, around)
    case .installedSerial(let item, let removed):
      return takeSerial(scan, of: item, removed: removed, around)
    }
  }

  // MARK: Parts

  private mutating func place(
    _ scan: ScannedText, removed: Removed?, _ around: PackingSurroundings
  ) -> Verdict {
    let fitting = bill.items.filter { fits($0, scan, around) && (removed == nil || $0.isPart) }
    guard let item = fitting.first(where: { count(of: $0) < $0.needed }) else {
      if let item = fitting.first {
        return Verdict(
          .tooMany, "\(item.name): the parcel has all \(item.needed) already. Put this one back.",
          item: item.key)
      }
      return refuse(scan, around)
    }
    if let removed, item.kind == .part(removed.partID) {
      return Verdict(.samePart, "\(item.name) is what was taken out. Scan the one that goes in.")
    }
    guard item.asksSerial else { return count(item, serial: nil, removed: removed) }
    guard let serial = scan.serial else {
      awaiting = removed.map { .installedSerial(item: item.key, $0) } ?? .serial(item: item.key)
      return Verdict(.serialAsked, "Now the serial number of \(item.name).", item: item.key)
    }
    return record(serial, of: item, removed: removed, around)
  }

  private func fits(
    _ item: PackingItem, _ scan: ScannedText, _ around: PackingSurroundings
  ) -> Bool {
    switch item.kind {
    case .part(let id):
      return around.meanings.contains { meaning in
        if case .part(let part) = meaning { return part.id == id }
        return false
      }
    case .base(let id):
      return around.meanings.contains { meaning in
        if case .base(let base, _) = meaning { return base == id }
        return false
      }
    case .whole:
      return scan.candidates.contains { candidate in
        item.codes.contains { $0.uppercased() == candidate.uppercased() }
      }
    }
  }

  /// A code that no item of this parcel has. Nothing changes.
  private mutating func refuse(_ scan: ScannedText, _ around: PackingSurroundings) -> Verdict {
    let own = around.meanings.contains(.order(orderID))
    if own || scan.candidates.contains(where: isOwn(around)) {
      // The carrier's label closes the parcel; the order's id does where there is no number on it.
      let isLabel = scan.candidates.contains { $0 == around.standing.trackingPIN }
      if awaiting == .parts, printed != nil, isLabel || around.standing.trackingPIN == nil {
        return seal(byScan: true, around)
      }
      if isVerified { return Verdict(.notPrinted, "Everything is in. Print the label.") }
      return Verdict(.partsFirst, "This is the order itself. Scan its parts.")
    }
    for meaning in around.meanings {
      switch meaning {
      case .part(let part):
        return Verdict(.wrongPart, "\(part.name) does not belong to this order. Put it back.")
      case .base(_, let name):
        return Verdict(.wrongPart, "\(name) does not belong to this order. Put it back.")
      case .order(let other):
        return Verdict(.otherOrder, "This is order \(other). You are packing \(orderID).")
      }
    }
    return Verdict(.unknownCode, "Nothing of ours has the code \(scan.plain).")
  }

  private func isOwn(_ around: PackingSurroundings) -> (String) -> Bool {
    { $0.uppercased() == orderID.uppercased() || $0 == around.standing.trackingPIN }
  }

  private mutating func count(
    _ item: PackingItem, serial: String?, removed: Removed?
  ) -> Verdict {
    placed.append(Placement(itemKey: item.key, serial: serial, removed: removed))
    awaiting = .parts
    let progress = "\(item.name), \(count(of: item)) of \(item.needed)"
    var bookings: [PackingBooking] = []
    if let removed, case .part(let id) = item.kind {
      bookings = [.swap(lineID: item.lineID, installed: id, removed: removed.partID)]
    }
    let swapped = removed.map { "\($0.name) is out, \(progress) is in." }
    if isVerified {
      let words = [swapped, "Everything is in the parcel."].compactMap(\.self)
      return Verdict(
        .complete, words.joined(separator: " "), item: item.key, bookings: bookings)
    }
    guard let swapped else { return Verdict(.counted, progress + ".", item: item.key) }
    return Verdict(.swapped, swapped, item: item.key, bookings: bookings)
  }

  // MARK: Serial numbers

  private mutating func takeSerial(
    _ scan: ScannedText, of key: String, removed: Removed?, _ around: PackingSurroundings
  ) -> Verdict {
    guard let item = bill.item(key) else {
      awaiting = .parts
      return Verdict(.undone, "That step was given up.")
    }
    if let problem = unfit(scan, around) { return problem }
    return record(scan.serial ?? scan.plain, of: item, removed: removed, around)
  }

  /// The barcode of a part, an order or a label is not the number of one piece.
  private func unfit(_ scan: ScannedText, _ around: PackingSurroundings) -> Verdict? {
    let isCode =
      !around.meanings.isEmpty || scan.candidates.contains(where: isOwn(around))
      || bill.items.contains { item in scan.candidates.contains { item.codes.contains($0) } }
    // A code that carries its own serial number names the part as well.
    guard !isCode || scan.serial != nil, Self.serial(scan.serial ?? scan.plain) != nil else {
      return Verdict(
        .serialUnfit, "\(scan.shown) is no serial number. Scan the one on the piece itself.")
    }
    return nil
  }

  private mutating func record(
    _ text: String, of item: PackingItem, removed: Removed?, _ around: PackingSurroundings
  ) -> Verdict {
    guard let serial = Self.serial(text) else {
      return Verdict(.serialUnfit, "\(text) is no serial number.")
    }
    if placed.contains(where: { $0.serial == serial }) {
      return Verdict(.serialUsed, "\(serial) is in this parcel already. Each piece has its own.")
    }
    if around.isSerialTaken {
      return Verdict(.serialUsed, "\(serial) is in another parcel already.")
    }
    guard let owner = around.serialOwner else {
      return count(item, serial: serial, removed: removed)
    }
    guard around.hasSerialLeft else {
      return Verdict(.serialUsed, "\(serial) went out with order \(owner).")
    }
    guard confirming == serial else {
      confirming = serial
      return Verdict(
        .confirmSerial, "\(serial) left with order \(owner). If it came back, scan it once more.",
        item: item.key)
    }
    var verdict = count(item, serial: serial, removed: removed)
    verdict.bookings.append(.cameBack(serial: serial, from: owner))
    return verdict
  }

  // MARK: Swaps

  mutating func beginSwap() -> Verdict {
    guard bill.items.contains(where: { $0.isPart && count(of: $0) < $0.needed }) else {
      return Verdict(.nothingToSwap, "No part of this order is missing, so none goes in.")
    }
    awaiting = .removedPart
    return Verdict(.swapBegun, "Scan the part that you took out.")
  }

  private mutating func remove(_ scan: ScannedText, _ around: PackingSurroundings) -> Verdict {
    for meaning in around.meanings {
      guard case .part(let part) = meaning else { continue }
      guard part.asksSerial else { return removed(Removed(partID: part.id, name: part.name)) }
      if let serial = scan.serial.flatMap(Self.serial) {
        return removed(Removed(partID: part.id, name: part.name, serial: serial))
      }
      awaiting = .removedSerial(part)
      return Verdict(.serialAsked, "Now the serial number of the \(part.name) that came out.")
    }
    return Verdict(
      .unknownCode, "\(scan.shown) is no part that we know. Take it to the inventory first.")
  }

  private mutating func takeRemovedSerial(
    _ scan: ScannedText, of part: KnownPart, _ around: PackingSurroundings
  ) -> Verdict {
    if let problem = unfit(scan, around) { return problem }
    return removed(
      Removed(partID: part.id, name: part.name, serial: Self.serial(scan.serial ?? scan.plain)))
  }

  private mutating func removed(_ part: Removed) -> Verdict {
    awaiting = .installedPart(part)
    return Verdict(.partRemoved, "\(part.name) is out. Scan the part that goes in.")
  }
}

extension PackingItem {
  var isPart: Bool {
    switch kind {
    case .part: true
    case .base, .whole: false
    }
  }
}
