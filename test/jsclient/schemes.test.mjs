// The official JavaScript client, and what memberships stand for: schemes and moderation.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {before, describe, it} from 'node:test';

import {adminName, adminPassword, forbidden, password, refused, signedIn, unknownID} from './kit.mjs';

const tag = `s${randomBytes(4).toString('hex')}`;

describe('schemes', () => {
    let admin;
    let amy;
    let asAmy;
    let team;
    let channel;
    let scheme;

    before(async () => {
        admin = await signedIn(adminName, adminPassword);
        amy = await admin.createUser({username: `${tag}amy`, email: `${tag}amy@example.com`, password});
        asAmy = await signedIn(amy.username);
        team = await admin.createTeam({name: tag, display_name: 'Schemes', type: 'O'});
        await admin.addToTeam(team.id, amy.id);
        channel = await admin.createChannel({team_id: team.id, name: 'schemes', display_name: 'Schemes', type: 'O'});
        await admin.addToChannel(amy.id, channel.id);
    });

    it('are made by administrators', async () => {
        const wish = {name: tag, display_name: `Scheme ${tag}`, description: 'for a test', scope: 'team'};
        await refused(asAmy.createScheme(wish), forbidden);
        scheme = await admin.createScheme(wish);
        assert.deepEqual([scheme.scope, scheme.display_name], ['team', wish.display_name]);
        assert.equal((await admin.getScheme(scheme.id)).id, scheme.id);
        assert.ok((await admin.getSchemes('team', 0, 200)).some(({id}) => id === scheme.id));
        const patched = await admin.patchScheme(scheme.id, {display_name: 'Another', description: ''});
        assert.equal(patched.display_name, 'Another');
        await assert.rejects(admin.getScheme(unknownID), {status_code: 404});
    });

    it('are put to use in a team', async () => {
        await admin.updateTeamScheme(team.id, scheme.id);
        assert.deepEqual((await admin.getSchemeTeams(scheme.id, 0, 60)).map(({id}) => id), [team.id]);
        const {roles} = await admin.getTeamMember(team.id, amy.id);
        assert.equal(roles, scheme.default_team_user_role);
        assert.ok((await asAmy.getRolesByNames([roles]))[0].permissions.includes('create_public_channel'));
    });

    it('are put to use in a channel', async () => {
        const narrow = await admin.createScheme({name: `${tag}c`, display_name: 'Narrow', description: '', scope: 'channel'});
        await admin.updateChannelScheme(channel.id, narrow.id);
        assert.deepEqual((await admin.getSchemeChannels(narrow.id, 0, 60)).map(({id}) => id), [channel.id]);
        await admin.deleteScheme(narrow.id);
        assert.ok(!(await admin.getChannel(channel.id)).scheme_id);
    });

    it('are made by moderating a channel', async () => {
        const moderations = await admin.getChannelModerations(channel.id);
        assert.ok(moderations.some(({name, roles}) => name === 'create_post' && roles.members.value));
        await admin.patchChannelModerations(channel.id, [{name: 'create_post', roles: {members: false}}]);
        await refused(asAmy.createPost({channel_id: channel.id, message: 'hush'}), forbidden);
        await admin.patchChannelModerations(channel.id, [{name: 'create_post', roles: {members: true}}]);
        await asAmy.createPost({channel_id: channel.id, message: 'again'});
    });

    it('are deleted', async () => {
        await refused(asAmy.deleteScheme(scheme.id), forbidden);
        await admin.deleteScheme(scheme.id);
        assert.equal((await admin.getTeamMember(team.id, amy.id)).roles, 'team_user');
    });
});
