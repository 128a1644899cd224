package wire

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/store/secret"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// setUpHome is a home folder that was set up, and its keys.
func setUpHome(t *testing.T) (home string, ring secret.Keyring, settings state.Settings) {
	t.Helper()
	home, ring = filepath.Join(t.TempDir(), "home"), secret.NewMemory()
	s, err := open(t, home, ring)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ParseOffice([]byte("zone = \"Europe/Helsinki\"\n[exchange]\nurl = \"https://x.test/\"\nuser = \"u\"\n[severa]\nclient_id = \"c\"\n" +
		"[[person]]\nsevera = \"anna@example.com\"\n[[person]]\nsevera = \"bert@example.com\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if settings, err = s.Setup(t.Context(), f, home); err != nil {
		t.Fatal(err)
	}
	if s.RebuiltNow() || !s.Rebuilt().At.IsZero() {
		t.Errorf("a new home counts as begun anew: %+v", s.Rebuilt())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return home, ring, settings
}

func TestOpen_BeginsALostStoreAnew(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  func(path string) error
		why   string
		aside bool
	}{
		{"missing", os.Remove, office.StoreMissing, false},
		{"overwritten", func(path string) error {
			return os.WriteFile(path, []byte("This is what somebody's editor left of the file, longer than a header of SQLite is, which has a hundred bytes."), 0o600)
		}, office.StoreDamaged, true},
		{"cut off", func(path string) error { return os.Truncate(path, 5000) }, office.StoreDamaged, true},
		{"a WAL without its file", func(path string) error {
			if err := os.Truncate(path, 0); err != nil {
				return err
			}
			return os.WriteFile(path+"-wal", []byte("something"), 0o600)
		}, office.StoreDamaged, true},
		{"begun anew by a start that died", func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			outline := filepath.Join(filepath.Dir(path), outlineName)
			if err := os.Rename(outline, outline+".away"); err != nil {
				return err
			}
			return nil
		}, office.StoreMissing, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			home, ring, settings := setUpHome(t)
			path := filepath.Join(home, storeName)
			if err := c.harm(path); err != nil {
				t.Fatal(err)
			}
			harmed, _ := os.ReadFile(path)
			if away := filepath.Join(home, outlineName+".away"); exists(away) {
				s, err := open(t, home, ring)
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(away, filepath.Join(home, outlineName)); err != nil {
					t.Fatal(err)
				}
			}
			s, err := open(t, home, ring)
			if err != nil {
				t.Fatal(err)
			}
			if !s.RebuiltNow() || s.Rebuilt().Why != c.why {
				t.Errorf("begun anew %v: %+v, want %s", s.RebuiltNow(), s.Rebuilt(), c.why)
			}
			got, err := s.Store.Settings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(settings, got); diff != "" {
				t.Errorf("settings (-before +after):\n%s", diff)
			}
			people, err := s.Store.People(t.Context())
			if err != nil || len(people) != 2 {
				t.Errorf("%d people, %v; want 2", len(people), err)
			}
			runs, err := s.Store.Runs(t.Context(), 0)
			if err != nil || len(runs) != 2 || runs[0].Cause != state.CauseRebuilt {
				t.Errorf("history = %+v, %v; want a note for each person", runs, err)
			}
			if c.aside {
				kept, err := os.ReadFile(filepath.Join(home, s.Rebuilt().Aside))
				if err != nil || string(kept) != string(harmed) {
					t.Errorf("set aside: %d bytes, %v; want the damaged file as it was", len(kept), err)
				}
			}
			if st, err := s.Agent().Status(t.Context(), 0); err != nil || st.Rebuilt.Why != c.why {
				t.Errorf("status tells %+v, %v", st.Rebuilt, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = open(t, home, ring); err != nil {
				t.Fatal(err)
			}
			if s.RebuiltNow() || s.Rebuilt().Why != c.why {
				t.Errorf("the next start: begun anew %v, tells %+v", s.RebuiltNow(), s.Rebuilt())
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestHome_IsForItsUserAlone(t *testing.T) {
	home, ring, _ := setUpHome(t)
	s, err := open(t, home, ring)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Log.Info("something")
	err = filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
