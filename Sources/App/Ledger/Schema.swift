public import Postgres

/// The schema, as numbered migrations that are part of the program.
public enum LedgerSchema {
  public static let migrations: [Migration] = [
    Migration(number: 1, name: "foundation", sql: text(PackageResources._001_foundation_sql)),
    Migration(number: 2, name: "booking", sql: text(PackageResources._002_booking_sql)),
    Migration(number: 3, name: "more_kinds", sql: text(PackageResources._003_more_kinds_sql)),
    Migration(number: 4, name: "stock", sql: text(PackageResources._004_stock_sql)),
    Migration(
      number: 5, name: "conversations", sql: text(PackageResources._005_conversations_sql)),
    Migration(number: 6, name: "packing", sql: text(PackageResources._006_packing_sql)),
    Migration(number: 7, name: "people", sql: text(PackageResources._007_people_sql)),
    Migration(number: 9, name: "booking_tail", sql: text(PackageResources._009_booking_tail_sql)),
    Migration(number: 10, name: "projection", sql: text(PackageResources._010_projection_sql)),
    Migration(number: 11, name: "signed_yes", sql: text(PackageResources._011_signed_yes_sql)),
    Migration(number: 12, name: "rooms", sql: text(PackageResources._012_rooms_sql)),
    Migration(number: 13, name: "second_look", sql: text(PackageResources._013_second_look_sql)),
    Migration(number: 14, name: "newest_copy", sql: text(PackageResources._014_newest_copy_sql)),
    Migration(number: 15, name: "vacuum", sql: text(PackageResources._015_vacuum_sql)),
    Migration(
      number: 16, name: "waiting_parts", sql: text(PackageResources._016_waiting_parts_sql)),
    Migration(number: 17, name: "form_keys", sql: text(PackageResources._017_form_keys_sql)),
    Migration(
      number: 18, name: "lighter_rows", sql: text(PackageResources._018_lighter_rows_sql)),
    Migration(
      number: 19, name: "crossed_messages", sql: text(PackageResources._019_crossed_messages_sql)),
    Migration(
      number: 20, name: "asking_customers", sql: text(PackageResources._020_asking_customers_sql)),
    Migration(
      number: 21, name: "true_counts", sql: text(PackageResources._021_true_counts_sql)),
    Migration(
      number: 22, name: "pull_problems", sql: text(PackageResources._022_pull_problems_sql)),
    Migration(number: 23, name: "alarms", sql: text(PackageResources._023_alarms_sql)),
    Migration(number: 24, name: "key_use", sql: text(PackageResources._024_key_use_sql)),
    Migration(
      number: 25, name: "labels_undone", sql: text(PackageResources._025_labels_undone_sql)),
  ]

  public static let migrator = Migrator(migrations)

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
