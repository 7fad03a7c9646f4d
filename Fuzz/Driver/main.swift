internal import CFuzzer
internal import Glibc

// felt-fuzz: libFuzzer over whatever takes bytes from outside. The target is named by FELT_FUZZ_TARGET; the arguments are
// libFuzzer's. `felt-fuzz --seeds FOLDER` writes the valid inputs from which the corpus grew.

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
    try Seeds.write(to: CommandLine.arguments[2])
    exit(0)
}
guard let name = getenv("FELT_FUZZ_TARGET").map({ String(cString: $0) }), let target = FuzzTarget(rawValue: name) else {
    print("set FELT_FUZZ_TARGET to one of: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(64)
}
FuzzTarget.chosen = target
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : size)))
        return 0
    })
