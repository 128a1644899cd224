// Package translations holds what the programs say in other languages than
// English: a JSON file for each, an English text as the key, and as value the
// text, or {"one": …, "other": …} where it is about a number.
package translations

import (
	"embed"
	"io/fs"
)

//go:embed *.json
var files embed.FS

// Files are the files, named by the language's tag.
func Files() fs.FS { return files }
