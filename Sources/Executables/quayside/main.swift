import Assembly

await Quayside.main()
