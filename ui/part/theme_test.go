package part

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lockstep/resources/icons"
)

// TestTheme_Contrast computes the contrast of every pair of colours that is in
// use, by the formula of WCAG 2: text needs 4.5, borders and icons 3.
func TestTheme_Contrast(t *testing.T) {
	const text, shape = 4.5, 3.0
	grounds := []fyne.ThemeColorName{
		theme.ColorNameBackground, ColorSurface, ColorSidebar, theme.ColorNameSelection, theme.ColorNameHeaderBackground,
		theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameInputBackground,
		ColorDiff, ColorInfoSoft, ColorSuccessSoft, ColorWarningSoft, ColorErrorSoft,
	}
	type use struct {
		on, under fyne.ThemeColorName
		least     float64
	}
	var uses []use
	for _, g := range grounds {
		uses = append(uses, use{theme.ColorNameForeground, g, text}, use{theme.ColorNamePlaceHolder, g, text})
	}
	for on, under := range map[fyne.ThemeColorName]fyne.ThemeColorName{
		theme.ColorNameForegroundOnPrimary: theme.ColorNamePrimary, theme.ColorNameForegroundOnSuccess: theme.ColorNameSuccess,
		theme.ColorNameForegroundOnWarning: theme.ColorNameWarning, theme.ColorNameForegroundOnError: theme.ColorNameError,
		theme.ColorNameForeground: theme.ColorNameButton,
	} {
		uses = append(uses, use{on, under, text})
	}
	for _, state := range []fyne.ThemeColorName{theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError, theme.ColorNamePrimary} {
		uses = append(uses, use{state, ColorSurface, text}, use{state, theme.ColorNameBackground, text})
	}
	uses = append(uses,
		use{theme.ColorNameWarning, ColorWarningSoft, text}, use{theme.ColorNameError, ColorErrorSoft, text},
		use{theme.ColorNameSuccess, ColorSuccessSoft, text}, use{theme.ColorNamePrimary, theme.ColorNameSelection, text},
		use{theme.ColorNameInputBorder, theme.ColorNameInputBackground, shape}, use{theme.ColorNameInputBorder, theme.ColorNameBackground, shape},
		use{theme.ColorNameInputBorder, ColorSurface, shape}, use{theme.ColorNameDisabled, theme.ColorNameDisabledButton, shape},
		use{theme.ColorNameDisabled, ColorSurface, shape}, use{theme.ColorNameScrollBar, ColorSurface, shape},
	)
	for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		for _, u := range uses {
			got := contrast(Theme{}.Color(u.on, v), Theme{}.Color(u.under, v))
			if got < u.least {
				t.Errorf("variant %d: %s on %s has contrast %.1f, needs %.1f", v, u.on, u.under, got, u.least)
			}
		}
	}
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA) //nolint:forcetypeassert // the model's own
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n.R) + 0.7152*part(n.G) + 0.0722*part(n.B)
}

// TestTheme_Mode checks that a chosen mode does not follow the desktop.
func TestTheme_Mode(t *testing.T) {
	light, dark := (Theme{}).Color(theme.ColorNameBackground, theme.VariantLight), (Theme{}).Color(theme.ColorNameBackground, theme.VariantDark)
	if light == dark {
		t.Error("light and dark are the same")
	}
	if got := (Theme{Mode: ModeDark}).Color(theme.ColorNameBackground, theme.VariantLight); got != dark {
		t.Errorf("the dark mode has %v on a light desktop, want %v", got, dark)
	}
	if got := (Theme{Mode: ModeLight}).Color(theme.ColorNameBackground, theme.VariantDark); got != light {
		t.Errorf("the light mode has %v on a dark desktop, want %v", got, light)
	}
}

// TestIcons_Exist looks for the picture of every icon that the code names.
func TestIcons_Exist(t *testing.T) {
	named := regexp.MustCompile(`(?:part\.)?(?:Icon|Tinted|IconResource|Banner|Empty)\((?:part\.Tone\w+, |Tone\w+, )?"([a-z-]+)"|NewButton\([^\n]*?, "([a-z-]+)", (?:part\.)?(?:Medium|Low|Link|Main|Danger)|icon: "([a-z-]+)"|return "([a-z-]+)", theme\.`)
	seen := 0
	for _, dir := range []string{".", ".."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			code, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllSubmatch(code, -1) {
				for _, name := range m[1:] {
					if len(name) == 0 {
						continue
					}
					seen++
					if icons.UI(string(name)) == nil {
						t.Errorf("%s names an icon that there is none of: %q", f, name)
					}
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("found %d names of icons; the search is broken", seen)
	}
}

// TestInitials covers the names that offices have.
func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Anna Virtanen": "AV", "Sanne de Vries": "SV", "Van 2": "V2", "Åsa": "Å", "": "", "  ": "", "jürgen müller (extern)": "JE",
	} {
		if got := Initials(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}
