package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"time"
)

// entry is one file of an archive.
type entry struct {
	from string // a file; empty: text
	text []byte
	exec bool
}

func (e entry) mode() int64 {
	if e.exec {
		return 0o755
	}
	return 0o644
}

func (e entry) content() ([]byte, error) {
	if e.from == "" {
		return e.text, nil
	}
	return os.ReadFile(e.from)
}

// tree is what goes into an archive or a package, by path.
type tree map[string]entry

// writeZIP packs a tree below a folder of its own; all times are the one given.
func writeZIP(to, top string, t tree, at time.Time) (err error) {
	f, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := zip.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(t)) {
		content, err := t[name].content()
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		h := &zip.FileHeader{Name: path.Join(top, name), Method: zip.Deflate, Modified: at}
		h.SetMode(os.FileMode(t[name].mode())) //nolint:gosec // two constants
		part, err := w.CreateHeader(h)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return w.Close()
}

// writeTar packs a tree below a folder of its own, compressed; all times are the one given.
func writeTar(to, top string, t tree, at time.Time) (err error) {
	f, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	zipped, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	w := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(t)) {
		content, err := t[name].content()
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		h := &tar.Header{Name: path.Join(top, name), Mode: t[name].mode(), Size: int64(len(content)), ModTime: at, Format: tar.FormatPAX}
		if err = w.WriteHeader(h); err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return errors.Join(w.Close(), zipped.Close())
}

// zipped compresses one text, with no time in it.
func zipped(w io.Writer, text []byte) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, err = z.Write(text)
	return errors.Join(err, z.Close())
}
