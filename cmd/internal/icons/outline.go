package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

const (
	// box is the side of a line icon's view box.
	box = 24
	// fine is how much larger an icon is drawn before its curves become
	// straight pieces, so that none of them can be seen at 64 pixels.
	fine = 8
	// slack is how far from a curve its straight pieces may be, a hundredth of
	// the view box's unit.
	slack = 0.01 * fine * 64
)

// outlines turn the line icons of dir into filled outlines, by path: the
// windows' toolkit gives an icon the colour of the theme by its fill alone.
func outlines(dir string) (map[string][]byte, error) {
	sources, err := filepath.Glob(filepath.Join(dir, "line", "*.svg"))
	if err != nil {
		return nil, fmt.Errorf("list line icons: %w", err)
	}
	out := map[string][]byte{}
	for _, path := range sources {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read line icon: %w", err)
		}
		filled, err := outline(content)
		if err != nil {
			return nil, fmt.Errorf("outline %s: %w", path, err)
		}
		out[filepath.Join(dir, "ui", filepath.Base(path))] = filled
	}
	return out, nil
}

// outline is an SVG of strokes as an SVG of one filled path.
func outline(svg []byte) ([]byte, error) {
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return nil, err
	}
	var t tracer
	icon.SetTarget(0, 0, box*fine, box*fine)
	for i := range icon.SVGPaths {
		// The target's size does not reach the strokes.
		style := &icon.SVGPaths[i].PathStyle
		style.LineWidth *= fine
		for j := range style.Dash {
			style.Dash[j] *= fine
		}
	}
	icon.Draw(rasterx.NewDasher(box*fine, box*fine, &t), 1)
	if len(t.pieces) == 0 {
		return nil, errors.New("nothing is drawn")
	}
	path, err := t.path()
	if err != nil {
		return nil, err
	}
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#000" d="` + path + "\"/></svg>\n"), nil
}

// tracer is a rasterx.Scanner that writes down the edges instead of filling
// what is inside them. The edges come in pieces, each with its direction, and
// together they close.
type tracer struct {
	pieces [][]spot
	at     spot
}

// spot is a point in a drawing that is fine times as large as the view box.
type spot = fixed.Point26_6

var _ rasterx.Scanner = (*tracer)(nil)

// Start begins a piece.
func (t *tracer) Start(p spot) { t.at = p }

// Line is the next edge. One that goes nowhere is none.
func (t *tracer) Line(p spot) {
	if p == t.at {
		return
	}
	if n := len(t.pieces); n > 0 && t.pieces[n-1][len(t.pieces[n-1])-1] == t.at {
		t.pieces[n-1] = append(t.pieces[n-1], p)
	} else {
		t.pieces = append(t.pieces, []spot{t.at, p})
	}
	t.at = p
}

// loops are the pieces joined end to end until each comes back to its start.
func (t *tracer) loops() ([][]spot, error) {
	rest := map[spot][][]spot{}
	for _, p := range t.pieces {
		rest[p[0]] = append(rest[p[0]], p)
	}
	var out [][]spot
	for _, p := range t.pieces {
		if !slices.ContainsFunc(rest[p[0]], func(q []spot) bool { return &q[0] == &p[0] }) {
			continue // it is part of a loop
		}
		var loop []spot
		for at := p[0]; len(loop) == 0 || at != p[0]; {
			next := rest[at]
			if len(next) == 0 {
				return nil, errors.New("an edge leads nowhere")
			}
			rest[at] = next[1:]
			loop = append(loop, next[0][:len(next[0])-1]...)
			at = next[0][len(next[0])-1]
		}
		out = append(out, append(loop, loop[0]))
	}
	return out, nil
}

// path is what was traced as the data of an SVG path.
func (t *tracer) path() (string, error) {
	loops, err := t.loops()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, l := range loops {
		half := len(l) / 2 // a loop begins where it ends: no line to be away from
		corners := append(thin(l[:half+1]), thin(l[half:])[1:]...)
		for i, p := range corners[:len(corners)-1] {
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(figure(p.X) + " " + figure(p.Y))
		}
		b.WriteByte('Z')
	}
	return b.String(), nil
}

// thin leaves out the corners that are no further than slack from the line
// between those that stay (Ramer, Douglas, Peucker).
func thin(c []spot) []spot {
	if len(c) < 3 {
		return c
	}
	first, last := c[0], c[len(c)-1]
	far, at := 0.0, 0
	for i, p := range c[1 : len(c)-1] {
		if d := away(p, first, last); d > far {
			far, at = d, i+1
		}
	}
	if far <= slack {
		return []spot{first, last}
	}
	return append(thin(c[:at+1]), thin(c[at:])[1:]...)
}

// away is how far p is from the line through a and b.
func away(p, a, b spot) float64 {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	px, py := float64(p.X-a.X), float64(p.Y-a.Y)
	length := math.Hypot(dx, dy)
	if length == 0 {
		return math.Hypot(px, py)
	}
	return math.Abs(dx*py-dy*px) / length
}

// figure is a coordinate of the view box, to a hundredth.
func figure(v fixed.Int26_6) string {
	s := strconv.FormatFloat(float64(v)/64/fine, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// The rest of a Scanner is about pixels.

// Draw fills nothing.
func (t *tracer) Draw() {}

// GetPathExtent is the extent of nothing.
func (t *tracer) GetPathExtent() fixed.Rectangle26_6 { return fixed.Rectangle26_6{} }

// SetBounds has nothing to bound.
func (t *tracer) SetBounds(int, int) {}

// SetColor has nothing to colour.
func (t *tracer) SetColor(any) {}

// SetWinding has nothing to wind.
func (t *tracer) SetWinding(bool) {}

// Clear keeps what was traced.
func (t *tracer) Clear() {}

// SetClip has nothing to clip.
func (t *tracer) SetClip(image.Rectangle) {}
