package manual

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// sample is a small table of commands with one of each kind of thing.
type sample struct {
	Home string `help:"Where it's kept." placeholder:"DIR"`
	Odd  bool   `hidden:"" help:"Nobody's business."`
	List struct {
		Sort string `help:"By what." enum:"name,size" default:"name"`
		JSON bool   `help:"Print JSON."`
	} `cmd:"" help:"List things."`
	Thing struct {
		Add  struct{} `cmd:"" help:"Add one."`
		Wipe struct {
			How string `arg:"" enum:"fast,slow" help:"How."`
		} `cmd:"" help:"Wipe all."`
	} `cmd:"" help:"Work on things."`
	Secret struct{} `cmd:"" hidden:"" help:"Not told."`
}

func sampleApp(t *testing.T) *kong.Application {
	t.Helper()
	k, err := kong.New(&sample{}, kong.Name("sample"), kong.Description("A sample.\n\n.It begins with a point:\n\n  one  column\n  two  columns\n\nThe end."))
	if err != nil {
		t.Fatal(err)
	}
	return k.Model
}

// completed asks a real bash what it would offer.
func completed(t *testing.T, script, line string) []string {
	t.Helper()
	words := strings.Split(line, " ")
	cmd := exec.CommandContext(t.Context(), "bash", "--norc", "-c",
		`. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sample; printf '%s\n' "${COMPREPLY[@]}"`)
	cmd.Args = append(cmd.Args, script)
	cmd.Args = append(cmd.Args, words...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

func TestBash_OffersWhatFits(t *testing.T) {
	script := filepath.Join(t.TempDir(), "sample")
	if err := os.WriteFile(script, []byte(Bash(sampleApp(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][]string{
		"sample ":                  {"list", "thing", "--help", "--home"},
		"sample l":                 {"list"},
		"sample thing ":            {"add", "wipe"},
		"sample thing wipe ":       {"fast", "slow"},
		"sample list --":           {"--sort", "--json"},
		"sample list --sort ":      {"name", "size"},
		"sample list --json --so":  {"--sort"},
		"sample --home ":           {},
		"sample --home x thing w":  {"wipe"},
		"sample thing wipe fast s": {"slow"},
	} {
		if diff := cmp.Diff(want, completed(t, script, line)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestZshAndFish_NameEverythingAndNothingHidden(t *testing.T) {
	for name, text := range map[string]string{"zsh": Zsh(sampleApp(t)), "fish": Fish(sampleApp(t))} {
		for _, want := range []string{"list", "thing", "wipe", "fast", "sort", "name size", "home"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not offer %q", name, want)
			}
		}
		for _, hidden := range []string{"secret", "odd"} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s offers the hidden %q", name, hidden)
			}
		}
	}
}

func TestPage_IsTroffThatSaysEverything(t *testing.T) {
	page := Page(sampleApp(t), "1.2.3", "2026-01-02")
	for _, want := range []string{
		".TH SAMPLE 1 \"2026-01-02\" \"sample 1.2.3\"", "sample \\- A sample\n", "\n\\&.It begins", "\n.nf\n  one  column", ".SS list",
		".SS thing wipe", `\-\-sort`, "Where it's kept.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "odd") || strings.Contains(page, "Not told") {
		t.Errorf("the page tells what is hidden:\n%s", page)
	}
	if groff, err := exec.LookPath("groff"); err == nil {
		cmd := exec.CommandContext(t.Context(), groff, "-man", "-Tutf8", "-ww")
		cmd.Stdin = strings.NewReader(page)
		var errs strings.Builder
		cmd.Stderr = &errs
		if _, err := cmd.Output(); err != nil || errs.Len() > 0 {
			t.Errorf("groff: %v\n%s", err, errs.String())
		}
	}
}
