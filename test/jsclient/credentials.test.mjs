// The official JavaScript client and what proves who somebody is: second factors,
// access tokens, bots, mails with links, terms of service.

import assert from 'node:assert/strict';
import {createHmac, randomBytes} from 'node:crypto';
import {before, describe, it} from 'node:test';

import {adminName, adminPassword, ask, expired, forbidden, newClient, password, refused, signedIn, unknownID} from './kit.mjs';

const admin = newClient();
const tag = `jc${randomBytes(5).toString('hex')}`;
let amy;
let asAmy;

function fresh(name) {
    return {username: `${tag}${name}`, email: `${tag}${name}@example.com`, password};
}

before(async () => {
    await admin.login(adminName, adminPassword);
    amy = await admin.createUser(fresh('amy'));
    asAmy = await signedIn(amy.username);
});

// oneTimeCode computes what an authenticator shows now.
function oneTimeCode(secret) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
    const mac = createHmac('sha1', key).update(step).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

describe('second factors', () => {
    it('are set up, asked for and taken away', async () => {
        const bob = await admin.createUser(fresh('bob'));
        const asBob = await signedIn(bob.username);
        const {secret, qr_code: picture} = await asBob.generateMfaSecret(bob.id);
        assert.ok(picture);
        await asBob.updateUserMfa(bob.id, true, oneTimeCode(secret));
        await refused(newClient().login(bob.username, password), [401, 'mfa.validate_token.authenticate.app_error']);
        assert.equal(typeof (await newClient().checkUserMfa(bob.username)).mfa_required, 'boolean');
        await admin.updateUserMfa(bob.id, false, '');
        await signedIn(bob.username);
    });
});

describe('access tokens', () => {
    it('work until they are disabled or revoked', async () => {
        await admin.updateUserRoles(amy.id, 'system_user system_user_access_token');
        asAmy = await signedIn(amy.username);
        const made = await asAmy.createUserAccessToken(amy.id, 'for a script');
        const script = newClient();
        script.setToken(made.token);
        assert.equal((await script.getMe()).id, amy.id);

        assert.equal((await asAmy.getUserAccessToken(made.id)).description, 'for a script');
        const has = (list) => list.some((one) => one.id === made.id && !one.token);
        assert.ok(has(await asAmy.getUserAccessTokensForUser(amy.id, 0, 200)));
        assert.ok(has(await admin.getUserAccessTokens(0, 200)));
        assert.ok(has(await ask(admin, 'post', '/users/tokens/search', {term: amy.username})));

        await asAmy.disableUserAccessToken(made.id);
        await refused(script.getMe(), expired);
        await asAmy.enableUserAccessToken(made.id);
        await script.getMe();
        await asAmy.revokeUserAccessToken(made.id);
        await refused(script.getMe(), expired);
    });
});

describe('bots', () => {
    it('are made of people, and people of bots', async () => {
        const robot = await admin.createUser(fresh('robot'));
        assert.equal((await ask(admin, 'post', `/users/${robot.id}/convert_to_bot`)).user_id, robot.id);
        await refused(newClient().login(robot.username, password), [401, 'api.user.login.invalid_credentials_email_username']);
        assert.equal((await ask(admin, 'post', `/bots/${robot.id}/convert_to_user`, {password})).id, robot.id);
        await signedIn(robot.username);
    });
});

describe('mails with links', () => {
    it('are asked for by anybody', async () => {
        assert.equal((await newClient().sendPasswordResetEmail(amy.email)).status, 'OK');
        assert.equal((await newClient().sendVerificationEmail(`${tag}nobody@example.com`)).status, 'OK');
    });

    it('have tokens nobody guesses', async () => {
        const guess = 'x'.repeat(64);
        await assert.rejects(newClient().resetUserPassword(guess, 'New-Passw0rd'), {status_code: 400});
        await assert.rejects(newClient().verifyUserEmail(guess), {status_code: 400});
    });

    it('are not needed where an administrator vouches', async () => {
        assert.equal((await ask(admin, 'post', `/users/${amy.id}/email/verify/member`)).id, amy.id);
    });
});

describe('ways of signing in', () => {
    it('are the same for every name', async () => {
        assert.deepEqual(await newClient().getUserLoginType(amy.username), await newClient().getUserLoginType(`${tag}nobody`));
    });

    it('change where the other way is set up', async () => {
        await assert.rejects(newClient().switchEmailToLdap(amy.email, password, 'amy', 'secret'), {status_code: 501});
        const carl = await admin.createUser(fresh('carl'));
        await ask(admin, 'put', `/users/${carl.id}/auth`, {auth_data: `${tag}carl`, auth_service: 'ldap'});
        assert.equal((await admin.getUser(carl.id)).auth_service, 'ldap');
    });

    it('are for administrators to set', async () => {
        await assert.rejects(ask(asAmy, 'put', `/users/${amy.id}/auth`, {auth_data: 'x', auth_service: 'ldap'}), {status_code: 403});
    });
});

describe('devices', () => {
    it('are told to the session', async () => {
        const phone = await signedIn(amy.username);
        await ask(phone, 'put', '/users/sessions/device', {device_id: `apple:${tag}`, mobileVersion: '2.30.0'});
        const mine = (await phone.getSessions(amy.id)).find((session) => session.device_id === `apple:${tag}`);
        assert.equal(mine.props.mobile_version, '2.30.0');
    });
});

describe('terms of service', () => {
    it('are accepted', async () => {
        const terms = await admin.createTermsOfService('Be kind.');
        await asAmy.updateMyTermsOfServiceStatus(terms.id, true);
        assert.equal((await ask(asAmy, 'get', '/users/me/terms_of_service')).terms_of_service_id, terms.id);
    });
});

describe('accounts that go', () => {
    it('are deactivated with the verb that deletes', async () => {
        const dora = await admin.createUser(fresh('dora'));
        await ask(admin, 'delete', `/users/${dora.id}`);
        assert.ok((await admin.getUser(dora.id)).delete_at > 0);
        await refused(ask(asAmy, 'delete', `/users/${unknownID}`), forbidden);
    });

    it('are looked for by the domain of their address', async () => {
        const strangers = await ask(admin, 'get', '/users/invalid_emails');
        assert.ok(Array.isArray(strangers));
    });

    it('are not all of them deleted over the network', async () => {
        await refused(ask(admin, 'delete', '/users'), [404, 'api.context.404.app_error']);
    });
});

describe('operations without a story of their own', () => {
    const team = `/users/me/teams/${unknownID}/threads`;
    for (const [method, path, body] of [
        ['post', '/users/me/typing', {channel_id: unknownID}],
        ['get', '/users/me/uploads'],
        ['get', '/users/me/channel_members'],
        ['get', '/users/me/data_retention/team_policies'],
        ['get', '/users/me/data_retention/channel_policies'],
        ['post', `/users/${unknownID}/demote`],
        ['post', `/users/${unknownID}/promote`],
        ['post', '/users/migrate_auth/ldap', {from: 'email', match_field: 'email', force: false}],
        ['post', '/users/migrate_auth/saml', {from: 'email', matches: {}, auto: false}],
        ['post', '/users/login/sso/code-exchange', {login_code: 'x', code_verifier: 'x', state: 'x'}],
        ['post', '/users/login/cws', {login_id: 'amy', cws_token: 'x'}],
        ['get', team],
        ['get', `${team}/mention_counts`],
        ['put', `${team}/read`],
        ['put', `${team}/${unknownID}/read/1`],
        ['post', `${team}/${unknownID}/set_unread/${unknownID}`],
        ['put', `${team}/${unknownID}/following`],
        ['delete', `${team}/${unknownID}/following`],
        ['get', `${team}/${unknownID}`],
    ]) {
        it(`are answered in a way the client understands: ${method} ${path}`, async () => {
            try {
                await ask(asAmy, method, path, body);
            } catch (error) {
                assert.ok(error.status_code < 500 || error.status_code === 501, `${error.status_code} ${error}`);
                assert.ok(error.server_error_id, `${error}`);
            }
        });
    }
});
