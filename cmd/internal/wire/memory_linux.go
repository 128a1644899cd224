package wire

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// span is a piece of our address space.
type span struct{ from, to uintptr }

// code are the pieces of memory that are nothing but our program's file: its
// machine code and its constants.
var code = sync.OnceValue(func() []span {
	file, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return nil
	}
	return codeIn(maps, file)
})

// codeIn finds in the kernel's list of mappings those of a file that nobody may
// write to and of which no page is of our own: one that the loader has put
// addresses into would come back without them.
func codeIn(maps []byte, file string) []span {
	var out []span
	var last *span // of the file, and not yet known to be nothing else
	for lines := bufio.NewScanner(bytes.NewReader(maps)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) > 0 && strings.HasSuffix(f[0], ":") {
			if last != nil && f[0] == "Anonymous:" && len(f) > 1 && f[1] == "0" {
				out, last = append(out, *last), nil
			}
			continue
		}
		last = nil
		if len(f) < 6 || strings.Join(f[5:], " ") != file || strings.Contains(f[1], "w") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		a, errA := strconv.ParseUint(from, 16, 64)
		b, errB := strconv.ParseUint(to, 16, 64)
		if errA == nil && errB == nil && a < b {
			last = &span{uintptr(a), uintptr(b)}
		}
	}
	return out
}

// forgetCode lets the system take the program's file out of our memory. What is
// needed of it comes back from the system's cache when it is: of what a start, a
// setup or a window needs, next to nothing ever is.
func forgetCode() {
	for _, s := range code() {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, unix.MADV_DONTNEED) // what stays resident does no harm
	}
}
