package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// errNoTrace says that system calls cannot be traced here.
var errNoTrace = errors.New("left out: system calls cannot be traced here (strace is missing, or not permitted)")

// order is what a trace of system calls shows about requests that write.
type order struct {
	requests int // that write
	noted    int // of them, those that the store had noted as sent when their first bytes came
	unsynced int // of them, those that left before what the store had written was on the disk
}

// writes is how a request that changes an entry begins on the wire: a verb
// of Severa's interface, or an operation of Exchange on a calendar item.
var (
	severaWrite   = regexp.MustCompile(`(POST|PATCH|DELETE) /rest-api/v1/activit`)
	exchangeWrite = regexp.MustCompile(`<m:(CreateItem|UpdateItem)\b(?s:.*)<t:CalendarItem|<m:(DeleteItem|MoveItem)\b`)
)

func changes(text []byte) bool { return severaWrite.Match(text) || exchangeWrite.Match(text) }

// traceOrder syncs one person under strace. The relays look into the store at
// the moment when a request that writes reaches them, before they pass it on.
func traceOrder(ctx context.Context, l *lane) (order, error) {
	var o order
	if err := exec.CommandContext(ctx, "strace", "-o", os.DevNull, "true").Run(); err != nil {
		return o, errNoTrace
	}
	var mu sync.Mutex
	var failed error
	for _, r := range l.relays {
		r.watch(func(sent []byte) {
			if !changes(sent) {
				return
			}
			n, err := l.inDoubt(ctx)
			mu.Lock()
			defer mu.Unlock()
			o.requests++
			failed = errors.Join(failed, err)
			if n > 0 {
				o.noted++
			}
		})
	}
	file := filepath.Join(l.home.dir, "trace")
	args := append([]string{"-f", "-yy", "-s", "65536", "-e", "trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync", "-o", file, l.home.program},
		append(syncArgs(), "--person", address(0))...)
	c := l.home.command(ctx, 0)
	c.Path, c.Args = "", append([]string{"strace"}, args...)
	path, err := exec.LookPath("strace")
	if err != nil {
		return o, errNoTrace
	}
	c.Path = path
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		return o, fmt.Errorf("sync under strace: %w: %s", err, tail(out.String()))
	}
	for _, r := range l.relays {
		r.watch(nil)
	}
	f, err := os.Open(file)
	if err != nil {
		return o, fmt.Errorf("read trace: %w", err)
	}
	defer f.Close()
	var left int
	left, o.unsynced, err = readTrace(f)
	if err == nil && left != o.requests {
		err = fmt.Errorf("the trace shows %d requests that write, the relays saw %d", left, o.requests)
	}
	return o, errors.Join(err, failed)
}

// call takes a line of a trace apart: the process, the call, and what it is about.
var (
	call    = regexp.MustCompile(`^(\d+) +(\w+)\(\d+<([^>]*(?:->[^>]*)?)>`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>`)
)

// readTrace counts requests that write, and those that left while something
// that was written to the store's log was not yet on the disk.
func readTrace(in io.Reader) (requests, unsynced int, err error) {
	dirty := false
	syncing := map[string]bool{} // by process: a sync of the log is under way
	tainted := map[string]bool{} // and something was written to it meanwhile
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return requests, unsynced, nil
		}
		if err != nil {
			return 0, 0, fmt.Errorf("read trace: %w", err)
		}
		done := !strings.Contains(line, "<unfinished ...>")
		if m := resumed.FindStringSubmatch(line); m != nil {
			if syncing[m[1]] && strings.HasSuffix(m[2], "sync") {
				dirty = tainted[m[1]]
				delete(syncing, m[1])
			}
			continue
		}
		m := call.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		pid, what, on := m[1], m[2], m[3]
		switch wal := strings.HasSuffix(on, "office.db-wal"); {
		case wal && strings.HasSuffix(what, "sync"):
			if done {
				dirty = false
			} else {
				syncing[pid], tainted[pid] = true, false
			}
		case wal:
			dirty = true
			for other := range syncing {
				tainted[other] = true
			}
		case strings.HasPrefix(on, "TCP:") && changes([]byte(line)):
			requests++
			if dirty {
				unsynced++
			}
		}
	}
}

// sayOrder writes what a trace has shown.
func sayOrder(out io.Writer, o order, err error) error {
	switch {
	case errors.Is(err, errNoTrace):
		fmt.Fprintf(out, "\nOrder of system calls: %v.\n", err)
		return nil
	case err != nil:
		return fmt.Errorf("trace system calls: %w", err)
	case o.requests == 0 || o.noted < o.requests || o.unsynced > 0:
		return fmt.Errorf("of %d requests that write, %d were noted as sent before their bytes left, and %d left before that was on the disk",
			o.requests, o.noted, o.unsynced)
	}
	fmt.Fprintf(out, "\nOrder of system calls: each of %d requests that write left after the store had noted it as sent, and after that was synced to the disk.\n", o.requests)
	return nil
}
