//go:build linux

package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a program has in use.
type Usage struct {
	// Resident is all its memory, in bytes; Own is the part that is nowhere else.
	// The rest is files that the system keeps in memory as long as nothing needs
	// the room, above all the program itself.
	Resident, Own int64
	CPU           time.Duration // since its start
}

// Usage tells what a program has in use.
func (s *Session) Usage(name string) (Usage, error) {
	proc := filepath.Join("/proc", strconv.Itoa(s.Process(name)))
	status, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return Usage{}, fmt.Errorf("look at %s: %w", name, err)
	}
	var u Usage
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		into := map[string]*int64{"VmRSS": &u.Resident, "RssAnon": &u.Own}[key]
		if into == nil {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("look at %s: the kernel says %q", name, line)
		}
		*into = kib << 10
	}
	tasks, err := filepath.Glob(filepath.Join(proc, "task", "*", "schedstat"))
	if err != nil {
		return Usage{}, fmt.Errorf("look at %s: %w", name, err)
	}
	for _, t := range tasks {
		text, err := os.ReadFile(t)
		if err != nil {
			continue // a thread that has just ended
		}
		spent, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(spent, 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("look at %s: the kernel says %q", name, text)
		}
		u.CPU += time.Duration(ns)
	}
	return u, nil
}

// Load is how many programs want to compute for each core, 1 at least: so much
// longer than on a machine of its own everything takes.
func Load(cores int) float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 1
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 1
	}
	return max(1, load/float64(cores))
}
