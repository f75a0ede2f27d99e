import Kit

extension AcceptancePolicy {
  /// What speaks against accepting an order: the gravest objection, `nil` when there is none. A rule
  /// that refuses comes before one that holds.
  /// - Parameter free: pieces that nothing holds, of every component that the lines need; `nil` when
  ///   the policy does not ask.
  public func objection(to lines: [SoldLine], free: [Int64: Int64]?) -> Objection? {
    let found = [manyUnits(lines), priceGap(lines), shortStock(lines, free)].compactMap(\.self)
    return found.first { $0.answer == .refuse } ?? found.first
  }

  private func manyUnits(_ lines: [SoldLine]) -> Objection? {
    guard onManyUnits != .accept, let most = lineUnitsMax,
      let line = lines.first(where: { $0.units > most })
    else { return nil }
    return Objection(onManyUnits, "\(line.units) units of \(line.sku); at most \(most) are allowed")
  }

  private func priceGap(_ lines: [SoldLine]) -> Objection? {
    guard onPriceGap != .accept else { return nil }
    for line in lines {
      guard let sold = line.unitPrice, let meant = line.listing?.price, meant > 0 else { continue }
      if sold * 100 < meant * Int64(100 - priceGapPercent) {
        return Objection(
          onPriceGap,
          "\(line.sku) was sold for \(Amount.text(sold)); its price is \(Amount.text(meant))")
      }
    }
    return nil
  }

  private func shortStock(_ lines: [SoldLine], _ free: [Int64: Int64]?) -> Objection? {
    guard onShortStock != .accept, let free else { return nil }
    var needed: [Int64: (code: String, pieces: Int64)] = [:]
    for line in lines {
      for need in line.listing?.needs ?? [] {
        let pieces = Int64(need.perUnit) * Int64(line.units)
        needed[need.componentID, default: (need.code, 0)].pieces += pieces
      }
    }
    let short = needed.sorted { $0.key < $1.key }.first {
      max(0, free[$0.key] ?? 0) < $0.value.pieces
    }
    guard let short else { return nil }
    return Objection(
      onShortStock,
      "short of \(short.value.code): needs \(short.value.pieces), "
        + "free \(max(0, free[short.key] ?? 0))")
  }
}
