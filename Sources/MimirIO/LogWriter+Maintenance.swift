import MimirBase

/// A thread that looks after the file while entries go on coming; it starts when there is need.
extension LogWriter {
  /// Milliseconds from the need to the work: so rarely, that readers of a live file seldom meet it.
  private static let maintenanceDelay = 1000

  func wakeMaintenance(_ disk: inout Disk) {
    let timer: FlushTimer
    if let known = disk.maintenance {
      timer = known
    } else {
      timer = FlushTimer(interval: Self.maintenanceDelay, name: "mimir-compact") {
        [unowned(unsafe) self] in maintain()
      }
      disk.maintenance = timer
    }
    disk.maintenanceAsked = true
    timer.wake(urgent: false)
  }

  private func maintain() {
    let work = disk.withLockUnchecked { disk in
      disk.maintenanceAsked = false
      return disk.file?.prepareMaintenance()
    }
    guard let work else { return }
    defer { work.end() }
    work.run()
    while true {
      switch disk.withLockUnchecked({ $0.file?.finishMaintenance(work) }) {
      case .again: work.run()
      case .more: work.pause()
      case .done, .failed, nil: return
      }
    }
  }

  func stopMaintenance() {
    let timer = disk.withLockUnchecked { disk -> FlushTimer? in
      defer {
        disk.maintenance = nil
        disk.maintenanceAsked = false
      }
      return disk.maintenance
    }
    timer?.stop()
  }
}
