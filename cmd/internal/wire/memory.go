package wire

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// SaveMemory lets the heap grow by half before garbage is collected, instead
// of to its double: an office's program stays for weeks, and its largest
// moment, the first sync, decides how much it keeps. Who sets GOGC has his way.
func SaveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// worthGivingBack is after how many bytes of work memory is given back: some
// cycles in which nothing happened make that much garbage, and one look over a
// whole calendar does at once.
const worthGivingBack = 24 << 20

// heap gives memory back to the system when a piece of work is over. By itself
// the runtime keeps what the work has taken for the next of its kind, which
// here is hours or days away. The zero value is of a program that has just begun.
type heap struct {
	mu   sync.Mutex
	then uint64 // bytes allocated when it was last done
}

// rest gives back what there is, where that is worth it, and tells whether it did.
func (h *heap) rest() bool {
	all := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(all)
	now := all[0].Value.Uint64()
	h.mu.Lock()
	defer h.mu.Unlock()
	if now-h.then < worthGivingBack {
		return false
	}
	h.then = now
	debug.FreeOSMemory()
	return true
}

// rested is told when the office has nothing in hand.
func (s *Site) rested() {
	s.systems.settle()
	s.heap.rest()
	forgetCode()
}
