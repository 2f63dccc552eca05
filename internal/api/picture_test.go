package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"muster/internal/testkit"
)

// chgForm makes a form with one file and gives it with its content type.
func chgForm(t testing.TB, field string, content []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile(field, "picture.png")
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// chgUploadTo sends a picture for an account, chgUpload for one's own.
func chgUploadTo(t testing.TB, c *testkit.Client, id string, content []byte) *testkit.Response {
	t.Helper()
	body, kind := chgForm(t, "image", content)
	as := c.For(t)
	as.Header.Set("Content-Type", kind)
	return as.Post("/users/"+id+"/image", body)
}

func chgUpload(t testing.TB, c *testkit.Client, content []byte) *testkit.Response {
	t.Helper()
	return chgUploadTo(t, c, "me", content)
}

// chgPicture is a picture of which one quarter, upper left, is of another colour.
func chgPicture(width, height int) image.Image {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.RGBA{0, 0, 255, 255}, color.RGBA{255, 0, 0, 255}})
	draw.Draw(m, image.Rect(0, 0, width/2, height/2), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	return m
}

func chgEncode(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func chgPNG(t testing.TB, width, height int) []byte {
	return chgEncode(t, func(b *bytes.Buffer) error { return png.Encode(b, chgPicture(width, height)) })
}

func chgJPEG(t testing.TB, width, height int) []byte {
	return chgEncode(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, chgPicture(width, height), nil) })
}

// chgOneColour is a small picture that no other number gives.
func chgOneColour(t testing.TB, n uint8) []byte {
	m := image.NewUniform(color.RGBA{n, 255 - n, n, 255})
	return chgEncode(t, func(b *bytes.Buffer) error {
		p := image.NewRGBA(image.Rect(0, 0, 4, 4))
		draw.Draw(p, p.Bounds(), m, image.Point{}, draw.Src)
		return png.Encode(b, p)
	})
}

// chgTurned gives a JPEG the mark of a camera that was held sideways.
func chgTurned(jpg []byte, orientation byte) []byte {
	exif := append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	return append(append([]byte{0xff, 0xd8}, exif...), jpg[2:]...)
}

// chgRed tells which quarters of a picture are red: upper left, upper right, lower left, lower right.
func chgRed(t *testing.T, body []byte) (quarters string) {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, 128, 128) {
		t.Errorf("the picture has %v", m.Bounds())
	}
	for _, at := range []image.Point{{32, 32}, {96, 32}, {32, 96}, {96, 96}} {
		r, _, b, _ := m.At(at.X, at.Y).RGBA()
		quarters += map[bool]string{true: "r", false: "."}[r > b]
	}
	return quarters
}

func TestPicturesOfEveryFormat(t *testing.T) {
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	encode := func(f func(*bytes.Buffer) error) []byte { return chgEncode(t, f) }
	square := chgPicture(64, 64)
	cases := []struct {
		name    string
		content []byte
		red     string
	}{
		{"PNG", chgPNG(t, 64, 64), "r..."},
		{"JPEG", chgJPEG(t, 64, 64), "r..."},
		{"GIF", encode(func(b *bytes.Buffer) error { return gif.Encode(b, square, nil) }), "r..."},
		{"BMP", encode(func(b *bytes.Buffer) error { return bmp.Encode(b, square) }), "r..."},
		{"TIFF", encode(func(b *bytes.Buffer) error { return tiff.Encode(b, square, nil) }), "r..."},
		{"WebP", webp, "...."},
		{"a wide PNG, of which the middle counts", chgPNG(t, 300, 100), "r..."},
		{"a high PNG, of which the middle counts", chgPNG(t, 100, 300), "r..."},
		{"a JPEG taken sideways", chgTurned(chgJPEG(t, 64, 64), 6), ".r.."},
		{"a JPEG taken upside down", chgTurned(chgJPEG(t, 64, 64), 3), "...r"},
	}
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				chgUpload(t, amy, chgOneColour(t, 77)).Want(http.StatusOK)
				before := chgStored(t, s, amy.ID)
				s.Events.Take()
				chgUpload(t, amy, tc.content).Want(http.StatusOK)
				_, _, _, all := chgSees(t, s.Events.Take())
				after := chgStored(t, s, amy.ID)
				if after.LastPictureUpdate <= before.LastPictureUpdate || after.UpdateAt <= before.UpdateAt {
					t.Error("last_picture_update or update_at stays")
				}
				if all == nil || all.ID != amy.ID || all.LastPictureUpdate != after.LastPictureUpdate || all.NotifyProps != nil {
					t.Errorf("everybody is told %+v", all)
				}
				r := bob.For(t).Get("/users/" + amy.ID + "/image?_=1").Want(http.StatusOK)
				if got := chgRed(t, r.Body); got != tc.red {
					t.Errorf("the picture is red at %q, want %q", got, tc.red)
				}
				for name, want := range map[string]string{
					"Content-Type": "image/png", "Cache-Control": "max-age=86400, private",
					"Etag": fmt.Sprint(after.LastPictureUpdate), "X-Content-Type-Options": "nosniff",
				} {
					if got := r.Header.Get(name); got != want {
						t.Errorf("%s is %q, want %q", name, got, want)
					}
				}
				if files := chgFiles(t, s, amy.ID); len(files) != 1 {
					t.Errorf("the account has the files %q", files)
				}
			})
		}
		if rows := chgAudits(s, amy.ID); rows[0] != "/api/v4/users/me/image" {
			t.Errorf("audit rows %q", rows[:1])
		}
	})
}

// chgHeader is the beginning of a PNG that says it has so many pixels.
func chgHeader(width, height uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

func TestPicturesThatAreRefused(t *testing.T) {
	const limits, undecodable = "api.user.upload_profile_user.check_image_limits.app_error", "api.user.upload_profile_user.decode.app_error"
	const noFile, parse = "api.user.upload_profile_user.no_file.app_error", "api.user.upload_profile_user.parse.app_error"
	whole := chgPNG(t, 64, 64)
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		chgConfig(s, `{"FileSettings":{"MaxImageResolution":10000,"MaxFileSize":5000}}`)
		db := chgDB(t, s)
		amy := s.User("amy")
		send := func(contentType string, body []byte) *testkit.Response {
			t.Helper()
			c := amy.For(t)
			c.Header.Set("Content-Type", contentType)
			return c.Post("/users/me/image", body)
		}
		chgUnchanged(t, s, db, func() {
			for name, content := range map[string][]byte{
				"a text": []byte("not a picture"), "nothing": nil, "SVG": []byte("<svg/>"),
				"too many pixels": chgHeader(101, 100), "a bomb": chgHeader(1<<31-1, 1<<31-1), "no pixels": chgHeader(0, 5),
			} {
				if r := chgUpload(t, amy, content); r.Text("id") != limits || r.StatusCode != http.StatusBadRequest {
					t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
				}
			}
			chgUpload(t, amy, whole[:len(whole)-20]).WantFault(http.StatusBadRequest, undecodable)
			chgUpload(t, amy, chgHeader(100, 100)).WantFault(http.StatusBadRequest, undecodable)
			chgUpload(t, amy, bytes.Repeat([]byte("x"), 5000)).WantFault(http.StatusRequestEntityTooLarge, "api.user.upload_profile_user.too_large.app_error")
			for _, field := range []string{"other", "Image", ""} {
				body, kind := chgForm(t, field, whole)
				send(kind, body).WantFault(http.StatusBadRequest, noFile)
			}
			body, kind := chgForm(t, "image", whole)
			send("multipart/form-data", body).WantFault(http.StatusInternalServerError, parse)
			send("multipart/form-data; boundary=other", body).WantFault(http.StatusInternalServerError, parse)
			send(kind, body[:len(body)/2]).WantFault(http.StatusInternalServerError, parse)
			send(strings.Replace(kind, "form-data", "mixed", 1), body).WantFault(http.StatusInternalServerError, parse)
			for _, contentType := range []string{"application/json", "image/png", "text/plain; =", ";"} {
				send(contentType, whole).WantFault(http.StatusInternalServerError, parse)
			}
			send(kind, nil).WantFault(http.StatusInternalServerError, parse)
			text := strings.NewReplacer("; filename=\"picture.png\"", "").Replace(string(body)) // a value, not a file
			send(kind, []byte(text)).WantFault(http.StatusBadRequest, noFile)
		})
		chgUpload(t, amy, chgPNG(t, 100, 100)).Want(http.StatusOK)
	})
}

// A body that does not say how long it is, is read no further than allowed.
func TestPicturesWithoutLengthAreBounded(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_FILESETTINGS_MAXFILESIZE=5000"}}, func(t *testing.T, s *testkit.Server) {
		body, kind := chgForm(t, "image", bytes.Repeat([]byte("x"), 100_000))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/v4/users/me/image", struct{ *bytes.Reader }{bytes.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = -1
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Authorization", "Bearer "+s.Admin().Token)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		var answer bytes.Buffer
		_, err = answer.ReadFrom(res.Body)
		if res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(answer.String(), chgTooLarge) {
			t.Errorf("answer %d %s %v", res.StatusCode, answer.String(), err)
		}
		_ = res.Body.Close() // it has been read
	})
}

func TestTheSamePictureAgainChangesNothing(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		chgUpload(t, amy, chgPNG(t, 20, 20)).Want(http.StatusOK)
		audits := len(chgAudits(s, amy.ID))
		chgUnchanged(t, s, db, func() {
			chgUpload(t, amy, chgPNG(t, 20, 20)).Want(http.StatusOK)
			chgUploadTo(t, s.Admin(), amy.ID, chgPNG(t, 20, 20)).Want(http.StatusOK)
		})
		if n := len(chgAudits(s, amy.ID)); n != audits {
			t.Errorf("%d audit rows became %d", audits, n)
		}
		chgUpload(t, amy, chgPNG(t, 21, 20)).Want(http.StatusOK)
	})
}

func TestGeneratedPictures(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		path := "/users/" + amy.ID + "/image"
		get := func(caching string, stored bool) *testkit.Response {
			t.Helper()
			r := bob.Get(path).Want(http.StatusOK)
			if got := r.Header.Get("Cache-Control"); got != caching {
				t.Errorf("Cache-Control %q, want %q", got, caching)
			}
			want := ""
			if stored {
				want = fmt.Sprint(chgStored(t, s, amy.ID).LastPictureUpdate)
			}
			if got := r.Header.Get("Etag"); got != want {
				t.Errorf("ETag %q, want %q", got, want)
			}
			return r
		}
		unchanged := func(etag string, status int) {
			t.Helper()
			c := bob.For(t)
			c.Header.Set("If-None-Match", etag)
			if r := c.Get(path).Want(status); status == http.StatusNotModified && (len(r.Body) > 0 || r.Header.Get("Etag") != etag) {
				t.Errorf("304 with %d bytes and the ETag %q", len(r.Body), r.Header.Get("Etag"))
			}
		}
		def := bob.Get(path + "/default").Want(http.StatusOK)
		if def.Header.Get("Cache-Control") != "max-age=86400, private" || def.Header.Get("Etag") != "" || def.Header.Get("Content-Type") != "image/png" {
			t.Errorf("headers of the default picture: %v", def.Header)
		}
		first := get("max-age=300, private", false)
		get("max-age=86400, private", true)
		if !bytes.Equal(first.Body, def.Body) {
			t.Error("the generated picture is not the default one")
		}
		unchanged("0", http.StatusNotModified)
		chgUpload(t, amy, chgPNG(t, 20, 20)).Want(http.StatusOK)
		unchanged("0", http.StatusOK)
		if bytes.Equal(get("max-age=86400, private", true).Body, def.Body) {
			t.Error("the uploaded picture is not shown")
		}
		for i := range 2 {
			before := chgStored(t, s, amy.ID)
			s.Events.Take()
			amy.Delete(path).Want(http.StatusOK)
			_, _, _, all := chgSees(t, s.Events.Take())
			after := chgStored(t, s, amy.ID)
			if after.LastPictureUpdate >= 0 || after.LastPictureUpdate >= before.LastPictureUpdate || after.UpdateAt <= before.UpdateAt {
				t.Errorf("reset %d: last_picture_update %d, update_at %d", i, after.LastPictureUpdate, after.UpdateAt)
			}
			if all == nil || all.LastPictureUpdate != after.LastPictureUpdate {
				t.Errorf("everybody is told %+v", all)
			}
			if !bytes.Equal(get("max-age=86400, private", true).Body, def.Body) {
				t.Error("after the reset another picture is shown")
			}
		}
		if rows := chgAudits(s, amy.ID); rows[0] != "/api/v4"+path {
			t.Errorf("audit rows %q", rows[:1])
		}
		// Another first letter is another picture, until one was uploaded.
		before := chgStored(t, s, amy.ID).LastPictureUpdate
		amy.Put("/users/me/patch", `{"username":"zoe"}`).Want(http.StatusOK)
		if now := chgStored(t, s, amy.ID).LastPictureUpdate; now >= before {
			t.Errorf("a new name leaves last_picture_update %d", now)
		}
		if r := get("max-age=86400, private", true); bytes.Equal(r.Body, def.Body) || !bytes.Equal(r.Body, bob.Get(path+"/default").Body) {
			t.Error("the picture shows the former name")
		}
		chgUpload(t, amy, chgPNG(t, 20, 20)).Want(http.StatusOK)
		at := chgStored(t, s, amy.ID).LastPictureUpdate
		amy.Put("/users/me/patch", `{"username":"amy"}`).Want(http.StatusOK)
		if now := chgStored(t, s, amy.ID).LastPictureUpdate; now != at {
			t.Errorf("a new name changed the uploaded picture: %d", now)
		}
		if files := chgFiles(t, s, amy.ID); len(files) != 1 {
			t.Errorf("the account has the files %q", files)
		}
	})
}

func TestPicturesWithoutStorage(t *testing.T) {
	const storage = "api.user.upload_profile_user.storage.app_error"
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		chgConfig(s, `{"FileSettings":{"DriverName":""}}`)
		chgUpload(t, amy, chgPNG(t, 20, 20)).WantFault(http.StatusNotImplemented, storage)
		amy.Delete("/users/me/image").WantFault(http.StatusNotImplemented, storage)
		chgUploadTo(t, bob, amy.ID, chgPNG(t, 20, 20)).WantFault(http.StatusForbidden, chgForbidden)
		r := amy.Get("/users/me/image").Want(http.StatusOK)
		if r.Header.Get("Cache-Control") != "max-age=86400, private" || r.Header.Get("Etag") != "0" ||
			!bytes.Equal(r.Body, amy.Get("/users/me/image/default").Want(http.StatusOK).Body) {
			t.Errorf("headers %v", r.Header)
		}
		amy.Put("/users/me/patch", `{"username":"zoe"}`).Want(http.StatusOK)
		if files := chgFiles(t, s, amy.ID); files != nil {
			t.Errorf("files %q were stored", files)
		}
	})
}

func TestWhoSeesPictures(t *testing.T) {
	chgEach(t, []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}, func(t *testing.T, s *testkit.Server) {
		guest := s.WithRoles("guest", "system_guest")
		for _, path := range []string{
			"/users/" + s.Admin().ID + "/image", "/users/" + s.Admin().ID + "/image/default",
			"/users/" + chgUnknownID + "/image", "/users/" + chgUnknownID + "/image/default",
		} {
			guest.Get(path).WantFault(http.StatusForbidden, chgForbidden)
		}
		guest.Get("/users/me/image").Want(http.StatusOK)
		guest.Get("/users/" + guest.ID + "/image/default").Want(http.StatusOK)
		c := guest.For(t) // a cookie is enough to look at pictures
		c.Header.Set("Cookie", "MMAUTHTOKEN="+guest.Token)
		c.Token = ""
		c.Get("/users/me/image").Want(http.StatusOK)
	})
}

func TestPicturesOfADirectory(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		body, kind := chgForm(t, "image", chgPNG(t, 8, 8))
		as := s.Admin().For(t)
		as.Header.Set("Content-Type", kind)
		upload := func(id string) int {
			status, answer := chgRaw(t, s, as, http.MethodPost, "/users/"+id+"/image", string(body))
			if status == http.StatusConflict && !strings.Contains(answer, "api.user.upload_profile_user.login_provider_attribute_set.app_error") {
				t.Errorf("answer %s", answer)
			}
			return status
		}
		ids := map[string]string{}
		for _, service := range []string{"ldap", "saml", "gitlab"} {
			ids[service] = s.Admin().Post("/users", map[string]any{"username": service, "email": service + "@example.com", "auth_service": service, "auth_data": service}).
				Want(http.StatusCreated).Text("id")
		}
		for _, tc := range []struct {
			settings           string
			ldap, saml, gitlab int
		}{
			{`{"LdapSettings":{"PictureAttribute":""},"SamlSettings":{"EnableSyncWithLdap":true}}`, 200, 200, 200},
			{`{"LdapSettings":{"PictureAttribute":"photo"},"SamlSettings":{"EnableSyncWithLdap":false}}`, 409, 200, 200},
			{`{"LdapSettings":{"PictureAttribute":"photo"},"SamlSettings":{"EnableSyncWithLdap":true}}`, 409, 409, 200},
		} {
			chgConfig(s, tc.settings)
			if a, b, c := upload(ids["ldap"]), upload(ids["saml"]), upload(ids["gitlab"]); a != tc.ldap || b != tc.saml || c != tc.gitlab {
				t.Errorf("%s: %d, %d, %d", tc.settings, a, b, c)
			}
		}
	})
}

// Pictures that come at once, together with a reset and another name, end with one
// picture, and it is the one the record tells of.
func TestPicturesAtOnce(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		shown := map[string]bool{}
		for n := range uint8(4) { // what the server makes of each
			chgUpload(t, amy, chgOneColour(t, n*60)).Want(http.StatusOK)
			shown[string(amy.Get("/users/me/image").Want(http.StatusOK).Body)] = true
		}
		for round := range 3 {
			var wg sync.WaitGroup
			for n := range uint8(4) {
				body, kind := chgForm(t, "image", chgOneColour(t, n*60))
				c := amy.For(t)
				c.Header.Set("Content-Type", kind)
				wg.Go(func() {
					if r, err := c.Try(http.MethodPost, "/users/me/image", body); err != nil || r.StatusCode != http.StatusOK {
						t.Errorf("upload: %v", err)
					}
				})
			}
			wg.Go(func() {
				if r, err := amy.Try(http.MethodPut, "/users/me/patch", fmt.Sprintf(`{"username":"name%d"}`, round)); err != nil || r.StatusCode != http.StatusOK {
					t.Errorf("patch: %v", err)
				}
			})
			if round < 2 {
				wg.Go(func() {
					if r, err := amy.Try(http.MethodDelete, "/users/me/image", nil); err != nil || r.StatusCode != http.StatusOK {
						t.Errorf("reset: %v", err)
					}
				})
			}
			wg.Wait()
			u := chgStored(t, s, amy.ID)
			r := amy.Get("/users/me/image").Want(http.StatusOK)
			generated := bytes.Equal(r.Body, amy.Get("/users/me/image/default").Want(http.StatusOK).Body)
			if uploaded := u.LastPictureUpdate > 0; uploaded != shown[string(r.Body)] || uploaded == generated {
				t.Errorf("last_picture_update is %d, an uploaded picture is shown: %v", u.LastPictureUpdate, shown[string(r.Body)])
			}
			if files := chgFiles(t, s, amy.ID); len(files) != 1 || files[0] != fmt.Sprint(u.LastPictureUpdate)+".png" {
				t.Errorf("last_picture_update is %d, files are %q", u.LastPictureUpdate, files)
			}
		}
	})
}
