package part

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// SpeakToolkit has Fyne say its own texts as they are said here. Fyne chooses among what it
// has by the system's locale alone, so the texts are given to it as those of
// that locale, whichever language they are in.
func SpeakToolkit(said map[string]string) {
	texts, err := json.Marshal(said)
	if err != nil {
		fyne.LogError("the toolkit keeps its language", err)
		return
	}
	for _, l := range []fyne.Locale{lang.SystemLocale(), "en"} {
		if err := lang.AddTranslationsForLocale(texts, l); err != nil {
			fyne.LogError("the toolkit keeps its language", err)
		}
	}
}
