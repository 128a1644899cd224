// Command icons renders the pictures of resources/icons from their SVG sources
// with rsvg-convert (Debian: librsvg2-bin). It is run by hand after a picture
// was redrawn; a test holds the committed pictures against their sources.
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// The sizes in pixels: of the PNG, and of the pictures inside an ICO.
const (
	appSize  = 256
	traySize = 48
)

func icoSizes() []int { return []int{16, 24, 32, 48, 64} }

func main() {
	if err := renderAll(context.Background(), "resources/icons"); err != nil {
		fmt.Fprintln(os.Stderr, "icons:", err)
		os.Exit(1)
	}
}

// renderAll renders each SVG under dir beside itself.
func renderAll(ctx context.Context, dir string) error {
	made, err := pictures(ctx, dir)
	if err != nil {
		return err
	}
	for path, content := range made {
		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // pictures are for everybody
			return fmt.Errorf("write picture: %w", err)
		}
	}
	return nil
}

// pictures are the files that belong to the SVG files under dir, by path.
func pictures(ctx context.Context, dir string) (map[string][]byte, error) {
	out, err := outlines(dir)
	if err != nil {
		return nil, err
	}
	for pattern, size := range map[string]int{"*.svg": appSize, "tray/*.svg": traySize} {
		sources, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("list pictures: %w", err)
		}
		for _, svg := range sources {
			base := strings.TrimSuffix(svg, ".svg")
			if out[base+".png"], err = render(ctx, svg, size); err != nil {
				return nil, err
			}
			if out[base+".ico"], err = icon(ctx, svg); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// render draws an SVG as a PNG of size x size pixels.
func render(ctx context.Context, svg string, size int) ([]byte, error) {
	n := strconv.Itoa(size)
	c := exec.CommandContext(ctx, "rsvg-convert", "-w", n, "-h", n, "-f", "png", svg)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("render %s: %w %s", svg, err, errs.String())
	}
	picture, err := png.Decode(&out)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", svg, err)
	}
	// Written again, so that no version of the renderer leaves its own words in the file.
	var clean bytes.Buffer
	if err := png.Encode(&clean, picture); err != nil {
		return nil, fmt.Errorf("write %s: %w", svg, err)
	}
	return clean.Bytes(), nil
}

// icon draws an SVG in the sizes of a Windows icon.
func icon(ctx context.Context, svg string) ([]byte, error) {
	var all []image.Image
	for _, size := range icoSizes() {
		b, err := render(ctx, svg, size)
		if err != nil {
			return nil, err
		}
		picture, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", svg, err)
		}
		all = append(all, picture)
	}
	return ico(all), nil
}
