package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lockstep/resources/icons"
)

const folder = "../../../resources/icons"

func needRenderer(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("rsvg-convert"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("rsvg-convert is missing (Debian: librsvg2-bin)")
		}
		t.Skip("rsvg-convert is missing (Debian: librsvg2-bin)")
	}
}

// distance is the share of pixels in which two pictures differ visibly.
func distance(t *testing.T, a, b image.Image) float64 {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("pictures of %v and %v", a.Bounds(), b.Bounds())
	}
	const visible = 0x2000 // of 0xffff: more than the rounding of another version of the renderer
	differ := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			ar, ag, ab, aa := a.At(x, y).RGBA()
			br, bg, bb, ba := b.At(x, y).RGBA()
			for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
				if d > visible || -d > visible {
					differ++
					break
				}
			}
		}
	}
	return float64(differ) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPictures_AreThoseOfTheirSources holds the committed pictures against the
// SVG that they were rendered from.
func TestPictures_AreThoseOfTheirSources(t *testing.T) {
	needRenderer(t)
	made, err := pictures(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := filepath.Glob(filepath.Join(folder, "line", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if want := 2*(len(icons.States())+1) + len(lines); len(made) != want {
		t.Fatalf("%d pictures are made, want %d", len(made), want)
	}
	for path, fresh := range made {
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if filepath.Ext(path) == ".svg" {
			if !bytes.Equal(kept, fresh) {
				t.Errorf("%s is not what its source makes; run make icons", path)
			}
			continue
		}
		if filepath.Ext(path) == ".ico" {
			if len(kept) != len(fresh) {
				t.Errorf("%s has %d bytes, its source makes %d; run make icons", path, len(kept), len(fresh))
			}
			continue
		}
		if d := distance(t, decode(t, kept), decode(t, fresh)); d > 0.01 {
			t.Errorf("%s differs from its source in %.1f %% of its pixels; run make icons", path, 100*d)
		}
	}
}

// TestStates_AreToldApartByShape: in the tray a person sees 16 pixels, and may
// not see colours.
func TestStates_AreToldApartByShape(t *testing.T) {
	needRenderer(t)
	const tray, least = 16, 0.2
	shown := map[string]image.Image{}
	for _, s := range icons.States() {
		b, err := render(t.Context(), filepath.Join(folder, "tray", s+".svg"), tray)
		if err != nil {
			t.Fatal(err)
		}
		shown[s] = decode(t, b)
	}
	for i, a := range icons.States() {
		for _, b := range icons.States()[i+1:] {
			if d := distance(t, shown[a], shown[b]); d < least {
				t.Errorf("%s and %s differ in %.0f %% of their pixels, want at least %.0f %%", a, b, 100*d, 100*least)
			}
		}
	}
}

// TestIco_HoldsEverySize checks the directory of an icon file.
func TestIco_HoldsEverySize(t *testing.T) {
	b := ico([]image.Image{image.NewNRGBA(image.Rect(0, 0, 16, 16)), image.NewNRGBA(image.Rect(0, 0, 48, 48))})
	const head, entry, info = 6, 16, 40
	if want := head + 2*entry + info + 16*16*4 + 16*4 + info + 48*48*4 + 48*8; len(b) != want {
		t.Errorf("icon has %d bytes, want %d", len(b), want)
	}
	if b[4] != 2 || b[head] != 16 || b[head+entry] != 48 {
		t.Errorf("directory = % x", b[:head+2*entry])
	}
}
