package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sumsName is the list of checksums, as sha256sum -c reads it.
const sumsName = "SHA256SUMS"

// checksums writes the checksum of each file that was made.
func checksums(_ context.Context, b *builder) error {
	var lines []string
	dist := os.DirFS(b.dist)
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == sumsName {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		lines = append(lines, hex.EncodeToString(sum[:])+"  "+name+"\n")
		return nil
	})
	if err != nil {
		return fmt.Errorf("add up: %w", err)
	}
	slices.SortFunc(lines, func(x, y string) int { return strings.Compare(x[64:], y[64:]) })
	return os.WriteFile(filepath.Join(b.dist, sumsName), []byte(strings.Join(lines, "")), 0o644) //nolint:gosec // for everybody
}

// materials writes a bill of materials for each program, read back from the program itself: what is in it, not what
// could have been.
func materials(ctx context.Context, b *builder) error {
	for _, t := range []target{linux(), windows()} {
		for _, p := range b.present() {
			in := filepath.Join(b.bin(t), t.exe(p.name))
			if _, err := os.Stat(in); err != nil {
				continue // not built this time
			}
			out := filepath.Join(b.dist, "sbom", p.name+"_"+b.app.Version+"_"+t.String()+".cdx.json")
			if err := os.MkdirAll(filepath.Dir(out), 0o750); err != nil {
				return fmt.Errorf("make folder: %w", err)
			}
			if err := b.do(ctx, b.src, []string{"GOFLAGS=-mod=mod"}, b.tool("cyclonedx-gomod"), "bin", "-json", "-noserial", "-notimestamp", "-std",
				"-version", b.app.Version, "-output", out, in); err != nil {
				return err
			}
		}
	}
	return nil
}
