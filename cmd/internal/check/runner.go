package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// errLeftOut ends a stage that had nothing to check, as opposed to one that passed.
var errLeftOut = errors.New("left out")

// runner starts commands at the top of the checkout and shows what they print.
type runner struct {
	root  string // the top of the checkout
	cache string // what this checkout's checks leave behind for each other; git ignores it
	tools string // programs built for the checks, shared by all checkouts of this user
	ci    bool   // a check that cannot run is a failure, not a hint
	out   io.Writer
}

func newRunner(ctx context.Context, out io.Writer) (*runner, error) {
	found, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("find the top of the checkout: %w", err)
	}
	root := strings.TrimSpace(string(found))
	r := &runner{root: root, cache: filepath.Join(root, ".cache"), ci: os.Getenv("CI") == "true", out: out}
	r.tools = filepath.Join(r.cache, "bin")
	if shared, err := os.UserCacheDir(); err == nil {
		r.tools = filepath.Join(shared, "lockstep", "tools")
	}
	for _, dir := range []string{r.cache, r.tools} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("make folder for the checks: %w", err)
		}
	}
	return r, nil
}

// command prepares a command at the top of the checkout; env is added to the environment and wins over it.
func (r *runner) command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = r.out, r.out
	return cmd
}

// do runs a command and shows what it prints.
func (r *runner) do(ctx context.Context, env []string, name string, args ...string) error {
	if err := r.command(ctx, env, name, args...).Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return nil
}

// ask runs a command and gives what it printed.
func (r *runner) ask(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := r.command(ctx, env, name, args...)
	cmd.Stdout = nil
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return string(out), nil
}

// packages lists the packages of ours that need no cgo and that want accepts; want gets the path below the module.
func (r *runner) packages(ctx context.Context, want func(path string) bool) ([]string, error) {
	out, err := r.ask(ctx, withoutC, "go", "list", "-e", "./...")
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, full := range strings.Fields(out) {
		_, path, _ := strings.Cut(full, "/")
		if path != "cmd/lockstep-window" && want(path) {
			paths = append(paths, full)
		}
	}
	return paths, nil
}

// has tells whether the checkout has a file or folder of this name.
func (r *runner) has(path string) bool {
	_, err := os.Stat(filepath.Join(r.root, filepath.FromSlash(path)))
	return err == nil
}
