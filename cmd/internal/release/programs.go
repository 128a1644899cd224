package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// files are what other tools read: the installers' scripts and what a desktop wants to know.
//
//go:embed files
var files embed.FS

// program is one of the three that are installed.
type program struct {
	name  string
	what  string // for people
	shows bool   // it has no console of its own on Windows
	cgo   bool
	tags  string
}

func programs() []program {
	return []program{
		{name: "lockstep", what: "Lockstep", shows: true},
		{name: "lockstepctl", what: "Lockstep command line"},
		// X11 on Linux, which Wayland desktops show too; the colour emoji would cost four megabytes.
		{name: "lockstep-window", what: "Lockstep", shows: true, cgo: true, tags: "x11,no_emoji,migrated_fynedo"},
	}
}

// target is a system that is built for.
type target struct {
	goos, goarch string
	cc           string // for the program with windows; empty: the system's
}

func (t target) String() string { return t.goos + "_" + t.goarch }

func (t target) exe(name string) string {
	if t.goos == "windows" {
		return name + ".exe"
	}
	return name
}

// present are the programs whose source is there.
func (b *builder) present() []program {
	var out []program
	for _, p := range programs() {
		if _, err := os.Stat(filepath.Join(b.src, "cmd", p.name, "main.go")); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// bin is where a target's programs are.
func (b *builder) bin(t target) string { return filepath.Join(b.work, "bin", t.String()) }

// compile builds all programs for a target.
func (b *builder) compile(ctx context.Context, t target) error {
	for _, p := range b.present() {
		if t.goos == "windows" {
			if err := b.winres(ctx, p, t); err != nil {
				return err
			}
		}
		if err := b.build(ctx, p, t, filepath.Join(b.bin(t), t.exe(p.name))); err != nil {
			return err
		}
	}
	return nil
}

// build compiles and links one program.
func (b *builder) build(ctx context.Context, p program, t target, out string) error {
	link := []string{"-s", "-w", "-buildid="}
	if t.goos == "windows" && p.shows {
		link = append(link, "-H", "windowsgui")
	}
	// At least the compiler that go.mod names: what is handed out carries its library, and an older one has known flaws.
	env := []string{"GOOS=" + t.goos, "GOARCH=" + t.goarch, "CGO_ENABLED=0", "GOFLAGS=", "GOTOOLCHAIN=auto"}
	if p.cgo {
		env = append(env, "CGO_ENABLED=1")
		if t.cc != "" {
			env = append(env, "CC="+t.cc)
		}
		if t.goos == "windows" {
			link = append(link, "-extldflags=-Wl,--no-insert-timestamp")
		}
	}
	if err := b.do(ctx, b.src, env, "go", "build", "-trimpath", "-buildvcs=false", "-tags", p.tags,
		"-ldflags", strings.Join(link, " "), "-o", out, "./cmd/"+p.name); err != nil {
		return fmt.Errorf("build %s for %s: %w", p.name, t, err)
	}
	return nil
}

// winres puts icon, manifest and version of a program beside its source, where the linker finds them.
func (b *builder) winres(ctx context.Context, p program, t target) error {
	file := t.exe(p.name)
	manifest := map[string]any{
		"identity":     map[string]any{"name": b.app.ID, "version": b.app.four()},
		"description":  p.what,
		"minimum-os":   "win10",
		"ui-access":    false,
		"auto-elevate": false,
		// Everybody runs it; every monitor may have its own scale; a home folder may lie deep.
		"execution-level": "as invoker", "dpi-awareness": "per monitor v2", "long-path-aware": true,
		"use-common-controls-v6": true,
	}
	info := map[string]string{
		"CompanyName": publisher, "FileDescription": p.what, "FileVersion": b.app.four(), "InternalName": p.name,
		"LegalCopyright": publisher + ", " + license, "OriginalFilename": file, "ProductName": b.app.Name, "ProductVersion": b.app.Version,
	}
	// go-winres takes paths from where its description lies.
	all := map[string]any{
		"RT_GROUP_ICON": map[string]any{"APP": map[string]any{"0000": "src/resources/icons/lockstep.ico"}},
		"RT_MANIFEST":   map[string]any{"#1": map[string]any{"0409": manifest}},
		"RT_VERSION": map[string]any{"#1": map[string]any{"0000": map[string]any{
			"fixed": map[string]string{"file_version": b.app.four(), "product_version": b.app.four()},
			"info":  map[string]any{"0409": info},
		}}},
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return fmt.Errorf("describe %s: %w", file, err)
	}
	in := filepath.Join(b.work, p.name+".winres.json")
	if err := os.WriteFile(in, text, 0o600); err != nil {
		return fmt.Errorf("describe %s: %w", file, err)
	}
	return b.do(ctx, b.work, nil, b.tool("go-winres"), "make", "--in", in, "--arch", t.goarch,
		"--out", filepath.Join(b.src, "cmd", p.name, "rsrc"))
}
