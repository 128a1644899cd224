package say

import (
	"fmt"
	"time"
)

// Clock is a time of day as it is written in the language in use: the short
// time of Unicode's CLDR 46 (main/LANGUAGE/ca-gregorian, timeFormats). English
// is written as in Great Britain, as the office writes it. Days and months are
// texts of their own, in the translations; weeks begin on Monday wherever these
// languages are at home.
func Clock(t time.Time) string {
	switch Tag() {
	case "fi":
		return fmt.Sprintf("%d.%02d", t.Hour(), t.Minute())
	case "da":
		return t.Format("15.04")
	default: // en-GB, de, nl, nb, sv
		return t.Format("15:04")
	}
}
