package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var withoutC = []string{"CGO_ENABLED=0"}

func lint(ctx context.Context, r *runner) error {
	if err := installLint(ctx, r); err != nil {
		return err
	}
	return r.do(ctx, withoutC, r.lintTool(), "run", "--allow-parallel-runners", "./...")
}

// vet also type-checks the code and the tests that only Windows builds.
func vet(ctx context.Context, r *runner) error {
	all, err := r.packages(ctx, func(string) bool { return true })
	if err != nil {
		return err
	}
	for _, goos := range []string{"linux", "windows"} {
		env := append([]string{"GOOS=" + goos}, withoutC...)
		if err := r.do(ctx, env, "go", append([]string{"vet"}, all...)...); err != nil {
			return fmt.Errorf("for %s: %w", goos, err)
		}
	}
	return nil
}

// tests runs all tests but those of the foreign clients and of the desktop. Results are never taken from the cache, because the tests
// leave the envelopes behind that a later stage judges.
func tests(ctx context.Context, r *runner) error {
	if err := os.RemoveAll(r.envelopeFolder()); err != nil {
		return fmt.Errorf("remove envelopes of an earlier run: %w", err)
	}
	paths, err := r.packages(ctx, func(path string) bool { return !isForeign(path) && !isDesktop(path) })
	if err != nil {
		return err
	}
	return r.goTest(ctx, paths)
}

func foreign(ctx context.Context, r *runner) error {
	paths, err := r.packages(ctx, isForeign)
	if err != nil {
		return err
	}
	return r.goTest(ctx, paths)
}

func isForeign(path string) bool {
	return strings.HasSuffix(path, "/foreign") || strings.Contains(path, "/foreign/")
}

// desktop plays a working day at a real desktop, with the programs that a person installs. What it leaves behind, with
// pictures of each step, is kept in .cache/desktop.
func desktop(ctx context.Context, r *runner) error { return r.playDesktop(ctx, "20m") }

// desktopFull also takes the measures that need minutes.
func desktopFull(ctx context.Context, r *runner) error {
	return r.playDesktop(ctx, "60m", "LOCKSTEP_DESKTOP_LONG=1") // a first sync of 10,000 entries keeps to Severa's quota
}

func (r *runner) playDesktop(ctx context.Context, limit string, env ...string) error {
	paths, err := r.packages(ctx, isDesktop)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%w: no package to test", errLeftOut)
	}
	env = append(append(env, "LOCKSTEP_DESKTOP="+filepath.Join(r.cache, "desktop")), withoutC...)
	return r.do(ctx, env, "go", append([]string{"test", "-count=1", "-timeout=" + limit}, paths...)...)
}

func isDesktop(path string) bool { return path == "cmd/internal/desktop" }

// envelopes judges what the tests and the foreign clients recorded.
func envelopes(ctx context.Context, r *runner) error {
	if !r.has("cmd/internal/envelopes") {
		return fmt.Errorf("%w: this tree has no cmd/internal/envelopes", errLeftOut)
	}
	return r.do(ctx, r.testEnv(), "go", "run", "./cmd/internal/envelopes")
}

// race runs the packages that have goroutines under the race detector, which needs cgo. Long tests shorten
// themselves (testing.Short): they ran in full before.
func race(ctx context.Context, r *runner) error {
	paths, err := r.packages(ctx, func(path string) bool {
		return (strings.HasPrefix(path, "sync/") || strings.HasPrefix(path, "store")) && !isForeign(path)
	})
	if err != nil || len(paths) == 0 {
		return err
	}
	args := append([]string{"test", "-race", "-short", "-count=1", "-timeout=20m"}, paths...)
	return r.do(ctx, []string{"CGO_ENABLED=1"}, "go", args...)
}

func (r *runner) goTest(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		return fmt.Errorf("%w: no package to test", errLeftOut)
	}
	args := append([]string{"test", "-count=1", "-timeout=20m"}, paths...)
	return r.do(ctx, append(r.testEnv(), withoutC...), "go", args...)
}

func (r *runner) envelopeFolder() string { return filepath.Join(r.cache, "envelopes") }

// testEnv tells the tests where to record envelopes and where the foreign clients from npm are.
func (r *runner) testEnv() []string {
	return []string{"LOCKSTEP_RECORD_EWS=" + r.envelopeFolder(), "LOCKSTEP_NODE=" + r.nodeFolder()}
}
