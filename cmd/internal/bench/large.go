package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/office"
)

// roleVar makes the program play one part of the large sync: the servers, or
// the office that is measured, each in a process of its own.
const roleVar = "LOCKSTEP_BENCH_ROLE"

const (
	roleServers = "servers"
	roleOffice  = "office"
)

// play does a part; n of entries and the servers' access come in as JSON.
func play(ctx context.Context, role string, in io.Reader, out io.Writer) error {
	var q order
	line, err := bufio.NewReader(in).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	if err := json.Unmarshal(line, &q); err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	if role == roleOffice {
		got, err := playOffice(ctx, q)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(got)
	}
	s, err := startServers(newClock().now, q.Size, true)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := json.NewEncoder(out).Encode(s.Access); err != nil {
		return fmt.Errorf("tell access: %w", err)
	}
	<-ctx.Done()
	return nil
}

type order struct {
	Size    size
	Access  access
	Profile string // file
}

// What a first sync of 10,000 entries may take.
const (
	maxPeak = 200 // MiB of memory
	// maxShare is the most processor time, in percent, of a package that is not
	// XML, SQLite or TLS: more is a hot spot that somebody has to look at.
	maxShare = 20
)

// large is what a large first sync cost the process that did it.
type large struct {
	Items    int
	Writes   int
	PullPeak int // MiB resident at most, after pull and plan
	SyncPeak int // and after everything was written
	PullTook time.Duration
	SyncTook time.Duration
	Packages []share
}

// share is a package's part of the processor time.
type share struct {
	Package string
	Percent float64
}

func playOffice(ctx context.Context, q order) (large, error) {
	wire.SaveMemory() // as the programs do
	out := large{Items: q.Size.People * q.Size.Items}
	home, err := os.MkdirTemp("", "lockstep-bench-")
	if err != nil {
		return out, fmt.Errorf("make home: %w", err)
	}
	defer os.RemoveAll(home)
	site, err := openSite(ctx, filepath.Join(home, "home"), newClock().now, q.Access)
	if err != nil {
		return out, err
	}
	defer site.Close()
	f, err := os.Create(q.Profile)
	if err != nil {
		return out, fmt.Errorf("make profile: %w", err)
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return out, fmt.Errorf("start profile: %w", err)
	}
	begin := time.Now()
	if _, err := site.Office.Preview(ctx, nil, false); err != nil {
		return out, err
	}
	out.PullTook, out.PullPeak = time.Since(begin), peak()
	begin = time.Now()
	out.Writes, err = settle(ctx, site, office.Order{ApproveFirst: true})
	out.SyncTook, out.SyncPeak = time.Since(begin), peak()
	pprof.StopCPUProfile()
	return out, err
}

// peak is the most memory that this process has had resident, in MiB; where
// the system does not tell, what the runtime has taken from it.
func peak() int {
	body, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(body)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				if kib, err := strconv.Atoi(strings.Fields(rest)[0]); err == nil {
					return kib >> 10
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.Sys >> 20)
}

// measureLarge syncs so many entries of one person for the first time, with
// the servers in another process, so that memory and processor time are the
// office's own. The CPU profile is kept in a file, if one is named.
func measureLarge(ctx context.Context, items int, profile string) (out large, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "lockstep-bench-")
	if err != nil {
		return out, fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	if profile == "" {
		profile = filepath.Join(dir, "cpu.prof")
	}
	q := order{Size: size{People: 1, Items: items}, Profile: profile}
	servers, answer, err := start(ctx, roleServers, q)
	if err != nil {
		return out, err
	}
	defer func() {
		_ = servers.Process.Signal(os.Interrupt)
		err = errors.Join(err, servers.Wait())
	}()
	if err := answer.Decode(&q.Access); err != nil {
		return out, fmt.Errorf("read access: %w", err)
	}
	office, answer, err := start(ctx, roleOffice, q)
	if err != nil {
		return out, err
	}
	err = answer.Decode(&out)
	if err := errors.Join(office.Wait(), err); err != nil {
		return out, fmt.Errorf("large sync: %w", err)
	}
	out.Packages, err = byPackage(ctx, q.Profile)
	return out, err
}

// start runs ourselves in a role.
func start(ctx context.Context, role string, q order) (*exec.Cmd, *json.Decoder, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find ourselves: %w", err)
	}
	text, err := json.Marshal(q)
	if err != nil {
		return nil, nil, fmt.Errorf("write order: %w", err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(text)+"\n"), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", role, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", role, err)
	}
	return cmd, json.NewDecoder(out), nil
}

// check compares a large sync with what it may take.
func (l large) check() error {
	var out error
	if peak := max(l.PullPeak, l.SyncPeak); peak >= maxPeak {
		out = fmt.Errorf("%d MiB at the peak of a first sync, to stay under %d", peak, maxPeak)
	}
	for _, s := range l.Packages {
		if s.Percent > maxShare && !expected(s.Package) {
			out = errors.Join(out, fmt.Errorf("%.1f %% of the processor time in %s, to stay under %d", s.Percent, s.Package, maxShare))
		}
	}
	return out
}

func (l large) print(w io.Writer) {
	fmt.Fprintf(w, "\nFirst sync of %d entries of one person over TLS, the servers in another process\n\n", l.Items)
	fmt.Fprintf(w, "peak memory after pull and plan  %d MiB\npeak memory after %d writes   %d MiB (to stay under %d)\n", l.PullPeak, l.Writes, l.SyncPeak, maxPeak)
	fmt.Fprintf(w, "writing against reading          %.1f times\n", float64(l.SyncTook)/float64(l.PullTook))
	fmt.Fprintf(w, "\nprocessor time by package (none but XML, SQLite and TLS over %d %%)\n", maxShare)
	for i, s := range l.Packages {
		if i < 10 {
			fmt.Fprintf(w, "%5.1f %%  %s\n", s.Percent, s.Package)
		}
	}
}
