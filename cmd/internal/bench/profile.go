package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// byPackage sums a CPU profile up by the package that had the work done: the
// first on each stack that is more than a helper of the language. SQLite's own
// code, its C library and its driver are one.
func byPackage(ctx context.Context, profile string) ([]share, error) {
	text, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", profile).Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("read profile: %w: %s", err, e.Stderr)
	}
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	return shares(text), nil
}

// first is the line of a stack that begins it: a time and a function.
var first = regexp.MustCompile(`^\s*([0-9.]+(?:ns|us|µs|ms|s|mins?|hrs?))\s+(\S+)`)

func shares(traces []byte) []share {
	sum := map[string]time.Duration{}
	var total, took time.Duration
	name := ""
	end := func() {
		if took > 0 {
			if name == "" {
				name = "runtime (memory and scheduling)"
			}
			sum[name] += took
			total += took
		}
		took, name = 0, ""
	}
	scan := bufio.NewScanner(bytes.NewReader(traces))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		line := scan.Text()
		if strings.HasPrefix(line, "-----------+") {
			end()
			continue
		}
		function := strings.TrimSpace(line)
		if m := first.FindStringSubmatch(line); m != nil {
			d, err := time.ParseDuration(m[1])
			if err != nil {
				continue
			}
			took, function = d, m[2]
		}
		if took > 0 && name == "" {
			name = worker(function)
		}
	}
	end()
	out := make([]share, 0, len(sum))
	for p, d := range sum {
		out = append(out, share{p, 100 * float64(d) / float64(max(total, 1))})
	}
	slices.SortFunc(out, func(a, b share) int {
		if a.Percent != b.Percent {
			if a.Percent > b.Percent {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Package, b.Package)
	})
	return out
}

// expected tells whether a package may take most of the time.
func expected(pkg string) bool {
	return pkg == sqlite || pkg == cryptoTLS || pkg == "encoding/xml"
}

// Names of what is several packages.
const (
	sqlite    = "SQLite"
	cryptoTLS = "crypto and TLS"
)

// worker is the package of a function, or empty for a helper.
func worker(function string) string {
	pkg := function
	slash := strings.LastIndex(pkg, "/")
	if dot := strings.Index(pkg[slash+1:], "."); dot >= 0 {
		pkg = pkg[:slash+1+dot]
	}
	if strings.HasPrefix(pkg, "modernc.org/") {
		return sqlite
	}
	root, _, _ := strings.Cut(pkg, "/")
	switch root {
	case "runtime", "internal", "syscall", "reflect", "sort", "strconv", "strings", "bytes", "sync", "unicode", "slices",
		"maps", "time", "errors", "fmt", "context", "io", "bufio", "math", "hash", "iter", "cmp", "os", "[libc", "gogo",
		"aeshashbody", "memeqbody", "cmpbody", "indexbytebody", "_rt0_amd64_linux", "gcWriteBarrier", "vendor":
		return ""
	case "crypto":
		return cryptoTLS
	}
	return pkg
}
