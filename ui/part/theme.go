package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours that Fyne has no name for. Ask for them through Color, which
// falls back to the window's colour under another theme.
const (
	ColorSurface     fyne.ThemeColorName = "lockstepSurface"     // panels, lists, footers
	ColorSidebar     fyne.ThemeColorName = "lockstepSidebar"     // the navigation
	ColorDiff        fyne.ThemeColorName = "lockstepDiff"        // fields that differ
	ColorInfoSoft    fyne.ThemeColorName = "lockstepInfoSoft"    // a banner that informs, a chosen option
	ColorSuccessSoft fyne.ThemeColorName = "lockstepSuccessSoft" // a tag that says: done
	ColorWarningSoft fyne.ThemeColorName = "lockstepWarningSoft" // a banner that warns
	ColorErrorSoft   fyne.ThemeColorName = "lockstepErrorSoft"   // a stop
)

// SizeMono is the size of scripts and server answers.
const SizeMono fyne.ThemeSizeName = "lockstepMono"

// Mode says whether the theme follows the desktop.
type Mode int

// The modes.
const (
	ModeSystem Mode = iota
	ModeLight
	ModeDark
)

// Theme is how Lockstep looks.
type Theme struct{ Mode Mode }

var _ fyne.Theme = Theme{}

// pair is a colour in light and in dark.
type pair struct{ light, dark uint32 } // 0xRRGGBBAA

var colors = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {0xF5F6F8FF, 0x15181DFF},
	theme.ColorNameForeground:          {0x1B2027FF, 0xE6E9EDFF},
	theme.ColorNamePlaceHolder:         {0x566070FF, 0xA4ADB9FF},
	theme.ColorNameDisabled:            {0x78828FFF, 0x7E8894FF},
	theme.ColorNamePrimary:             {0x2B55B8FF, 0x8FB0FAFF},
	theme.ColorNameForegroundOnPrimary: {0xFFFFFFFF, 0x0F1B38FF},
	theme.ColorNameButton:              {0xE3E7EDFF, 0x303743FF},
	theme.ColorNameDisabledButton:      {0xECEEF2FF, 0x242A32FF},
	theme.ColorNameInputBackground:     {0xFFFFFFFF, 0x15181DFF},
	theme.ColorNameInputBorder:         {0x7A8491FF, 0x7C8695FF},
	theme.ColorNameSelection:           {0xDCE5F8FF, 0x2A3A60FF},
	theme.ColorNameSeparator:           {0xDDE1E7FF, 0x30363FFF},
	theme.ColorNameHeaderBackground:    {0xF0F2F5FF, 0x232830FF},
	theme.ColorNameMenuBackground:      {0xFFFFFFFF, 0x262B33FF},
	theme.ColorNameOverlayBackground:   {0xFFFFFFFF, 0x262B33FF},
	theme.ColorNameScrollBar:           {0x848E9BFF, 0x6C7684FF},
	theme.ColorNameScrollBarBackground: {0x00000000, 0x00000000},
	theme.ColorNameSuccess:             {0x1A7440FF, 0x62C98EFF},
	theme.ColorNameWarning:             {0x8A5A00FF, 0xE5B454FF},
	theme.ColorNameError:               {0xB3261EFF, 0xFF8F85FF},
	theme.ColorNameForegroundOnSuccess: {0xFFFFFFFF, 0x15181DFF},
	theme.ColorNameForegroundOnWarning: {0xFFFFFFFF, 0x15181DFF},
	theme.ColorNameForegroundOnError:   {0xFFFFFFFF, 0x15181DFF},
	theme.ColorNameHyperlink:           {0x2B55B8FF, 0x8FB0FAFF},
	// These three lie over what is below, so they keep their transparency.
	theme.ColorNameHover:   {0x1B202712, 0xFFFFFF12},
	theme.ColorNameFocus:   {0x0B1B4047, 0xFFFFFF38},
	theme.ColorNamePressed: {0x1B202726, 0xFFFFFF26},
	theme.ColorNameShadow:  {0x1B202729, 0x00000080},

	ColorSurface:     {0xFFFFFFFF, 0x1D2127FF},
	ColorSidebar:     {0xECEEF2FF, 0x111418FF},
	ColorDiff:        {0xFDF0CFFF, 0x413514FF},
	ColorInfoSoft:    {0xE9EFFBFF, 0x1F2B47FF},
	ColorSuccessSoft: {0xE6F3EBFF, 0x18301FFF},
	ColorWarningSoft: {0xFCF1DCFF, 0x382B10FF},
	ColorErrorSoft:   {0xFBEAE8FF, 0x41201DFF},
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameHeadingText:        22,
	theme.SizeNameSubHeadingText:     16,
	theme.SizeNameText:               13,
	theme.SizeNameCaptionText:        11,
	SizeMono:                         12,
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameLineSpacing:        4,
	theme.SizeNameInlineIcon:         18,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameInputRadius:        6,
	theme.SizeNameButtonRadius:       6,
	theme.SizeNameSelectionRadius:    6,
	theme.SizeNameCardRadius:         8,
	theme.SizeNamePopupRadius:        8,
	theme.SizeNameMenuRadius:         8,
	theme.SizeNameDialogRadius:       10,
	theme.SizeNameScrollBar:          10,
	theme.SizeNameScrollBarSmall:     4,
	theme.SizeNameScrollBarRadius:    3,
	theme.SizeNameModalBlurRadius:    0,
}

// Color is a colour by name.
func (t Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch t.Mode {
	case ModeLight:
		v = theme.VariantLight
	case ModeDark:
		v = theme.VariantDark
	case ModeSystem:
	}
	p, ok := colors[name]
	if !ok {
		return theme.DefaultTheme().Color(name, v)
	}
	c := p.light
	if v == theme.VariantDark {
		c = p.dark
	}
	return color.NRGBA{R: uint8(c >> 24), G: uint8(c >> 16), B: uint8(c >> 8), A: uint8(c)} //nolint:gosec // the four bytes of it
}

// Font is Fyne's Noto Sans: its digits are equally wide, so columns line up.
func (t Theme) Font(s fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(s) }

// Icon is Fyne's own icon, but for the marks of boxes, which stand in fields.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size is a measure in pixels at 100 %.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

// Color is a colour of the theme in use. A name of our own that it does not
// know is its background, so that a test under Fyne's theme sees no black.
func Color(name fyne.ThemeColorName) color.Color {
	app := fyne.CurrentApp()
	th, variant := app.Settings().Theme(), app.Settings().ThemeVariant()
	if _, ours := th.(Theme); !ours {
		switch name {
		case ColorSurface, ColorSidebar, ColorDiff, ColorInfoSoft, ColorSuccessSoft, ColorWarningSoft, ColorErrorSoft:
			name = theme.ColorNameBackground
		}
	}
	return th.Color(name, variant)
}
