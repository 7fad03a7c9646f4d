internal import LeaseStore

/// A whole felt.db of any bytes, as leasectl and then feltd open it: a reader changes nothing, a file of somebody else's
/// is left alone, and a damaged one is kept while a fresh one takes its place.
enum DatabaseDriver {
    static func run(_ bytes: [UInt8]) {
        Scratch.withFolder { folder in
            let path = folder + "/felt.db"
            Scratch.write(bytes, to: path)
            let reader = LeaseStoreReader(stateDirectory: folder)
            _ = try? reader.readAll()
            _ = try? reader.events()
            _ = try? reader.check()
            precondition(Scratch.read(path) == bytes, "a reader has written")
            do throws(StoreError) {
                let store = try LeaseStore(stateDirectory: folder)
                _ = try? store.load()
                guard case .openedFresh(let setAside) = store.opening else { return }
                precondition(Scratch.read(setAside.keptAs) == bytes, "what was damaged is lost")
                try store.saveKeys([[UInt8](repeating: 7, count: StoredState.keyLength)])
                let keys = try store.load().keys
                precondition(keys.count == 1)
            } catch {
                switch error.kind {
                case .notADatabase, .otherApplication, .newerSchema:
                    precondition(Scratch.read(path) == bytes, "somebody else's file was changed")
                default: break
                }
            }
        }
    }
}
